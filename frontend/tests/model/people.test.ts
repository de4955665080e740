import { describe, expect, it } from "vitest";
import {
  type Company,
  followedOf,
  goesAlong,
  leaderOf,
  lookOf,
  placeOf,
  selectionOf,
} from "../../src/model/people.ts";
import type { Person } from "../../src/model/wire.ts";

it("where somebody is, is an address of this page", () => {
  expect(placeOf({ view: "sched", sel: "pod/shop/web", rev: 7 })).toEqual({
    view: "sched",
    rest: [],
    selection: { kind: "pod", namespace: "shop", name: "web" },
    rev: 7,
  });
});

it("what a newer page shows is shown as the map, and nonsense as no selection", () => {
  expect(placeOf({ view: "hologram", sel: "//", rev: null })).toEqual({
    view: "map",
    rest: [],
    selection: null,
    rev: null,
  });
});

it("a look holds the whole place as far as it is passed on, and leads back there", () => {
  const place = { view: "sched", rest: ["shop", "web-1"] } as const;
  expect(lookOf(place)).toBe("sched/shop/web-1");
  expect(placeOf({ view: lookOf(place), sel: null, rev: null })).toMatchObject(place);
  expect(lookOf({ view: "trace", rest: ["x".repeat(300)] })).toBe("trace");
});

it("an object's own page is told as the object", () => {
  const rest = ["apps", "v1", "deployment", "shop", "web"];
  expect(lookOf({ view: "r", rest })).toBe("r");
  expect(selectionOf({ view: "r", rest }, null)).toEqual({
    kind: "deployment",
    namespace: "shop",
    name: "web",
  });
  expect(placeOf({ view: "r", sel: "deployment/shop/web", rev: null }).view).toBe("map");
});

describe("company", () => {
  const person = (id: string, change: Partial<Person> = {}): Person => ({
    id,
    name: `Name ${id}`,
    role: "view",
    view: "map",
    sel: null,
    rev: null,
    lead: false,
    me: false,
    ...change,
  });
  const ALONE: Company = { following: null, declined: new Set() };

  it("is led by whoever presents and has not been declined", () => {
    const people = [person("me", { me: true, lead: true }), person("a"), person("b", { lead: true })];
    expect(leaderOf(people, ALONE)?.id).toBe("b");
    expect(leaderOf(people, { ...ALONE, declined: new Set(["b"]) })).toBeNull();
  });

  it("is kept through a leader's reconnect, which changes the id", () => {
    const company: Company = { ...ALONE, following: { id: "old", name: "Ada" } };
    expect(followedOf([person("new", { name: "Ada", lead: true })], company)?.id).toBe("new");
    expect(followedOf([person("new", { name: "Ada" })], company)).toBeNull();
    expect(followedOf([person("old", { name: "Bea" })], company)?.id).toBe("old");
    expect(followedOf([person("old")], ALONE)).toBeNull();
  });

  it("is joined at once by those who may only look", () => {
    expect([goesAlong("view"), goesAlong("operate"), goesAlong("owner"), goesAlong(null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
