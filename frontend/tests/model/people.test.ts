import { expect, it } from "vitest";
import { placeOf } from "../../src/model/people.ts";

it("where somebody is, is an address of this page", () => {
  expect(placeOf({ view: "sched", sel: "pod/shop/web", rev: 7 })).toEqual({
    view: "sched",
    selection: { kind: "pod", namespace: "shop", name: "web" },
    rev: 7,
  });
});

it("what a newer page shows is shown as the map, and nonsense as no selection", () => {
  expect(placeOf({ view: "hologram", sel: "//", rev: null })).toEqual({
    view: "map",
    selection: null,
    rev: null,
  });
});
