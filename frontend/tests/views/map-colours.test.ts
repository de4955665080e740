import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  COLOURINGS,
  countBySteps,
  groupByName,
  hueOfName,
  HUES,
  isScale,
  learnNames,
  newHues,
  NameHues,
  readColouring,
  SCALES,
  stepOf,
} from "../../src/model/colours.ts";
import { podMatcher } from "../../src/model/filter.ts";
import { Strings } from "../../src/model/strings.ts";
import { MapPainter, type Scene } from "../../src/views/map/painter.ts";
import type { Palette } from "../../src/views/map/palette.ts";
import { tintBy } from "../../src/views/map/tint.ts";
import { layoutMap } from "../../src/model/geometry.ts";
import { cluster, pod } from "../model/rows.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const all = (): boolean => true;

describe("a colouring", () => {
  it.each(COLOURINGS)("%s is read as it is written", (colouring) => {
    expect(readColouring(colouring)).toBe(colouring);
  });

  it.each(["", "Owner", "colour", null])("%j means status", (text) => {
    expect(readColouring(text)).toBe("status");
  });

  it("is a scale, or by names, or by status", () => {
    expect(COLOURINGS.filter(isScale)).toEqual(["age", "cpu"]);
  });
});

describe("scales", () => {
  it.each([
    ["age", -5, "1m"],
    ["age", MINUTE - 1, "1m"],
    ["age", MINUTE, "10m"],
    ["age", 60 * MINUTE - 1, "1h"],
    ["age", DAY - 1, "1d"],
    ["age", 900 * DAY, "more"],
    ["cpu", 0, "none"],
    ["cpu", 1, "100m"],
    ["cpu", 100, "100m"],
    ["cpu", 101, "500m"],
    ["cpu", 1000, "1"],
    ["cpu", 1001, "more"],
  ] as const)("%s of %d is on the step %s", (scale, value, slug) => {
    expect(SCALES[scale][stepOf(scale, value)]?.slug).toBe(slug);
  });

  it("count pods by step, without those that the filter leaves out", () => {
    const state = cluster([pod("a", { c: 0 }), pod("b", { c: 250 }), pod("c", { t: 9 * MINUTE, c: 4000 })]);
    expect(countBySteps(state, "age", 10 * MINUTE, all)).toEqual([0, 1, 2, 0, 0]);
    expect(countBySteps(state, "cpu", 0, all)).toEqual([1, 0, 1, 0, 1]);
    const one = state.pods.slots.get("uid-a");
    expect(countBySteps(state, "age", DAY, (slot) => slot === one)).toEqual([0, 0, 0, 0, 1]);
  });

  it("and filters agree about every step", () => {
    const state = cluster(Array.from({ length: 40 }, (_, n) => pod(`p${String(n)}`, { c: 37 * n })));
    const counts = countBySteps(state, "cpu", 0, all);
    const found = SCALES.cpu.map(({ slug }) => {
      const matches = podMatcher(state, `cpu:${slug}`, "");
      return [...state.pods.slots.values()].filter(matches).length;
    });
    expect(found).toEqual(counts);
  });
});

describe("names", () => {
  it("have hues of their own while there are enough, whatever their letters say", () => {
    const [hues, strings] = [new NameHues(), new Strings()];
    const ids = Array.from({ length: HUES }, (_, n) => strings.id(`image-${String(n)}`));
    const given = ids.map((id) => hues.of(strings, id));
    expect(new Set(given).size).toBe(HUES);
    expect(given[0]).toBe(hueOfName("image-0"));
    expect(ids.map((id) => hues.of(strings, id))).toEqual(given);
    expect(hues.of(strings, strings.id("one more"))).toBe(hueOfName("one more"));
  });

  it("keep their hues when others come and go, until the cluster is another", () => {
    const hues = newHues();
    const state = cluster([pod("a", { w: "Job/a" }), pod("b", { w: "Job/b" })]);
    learnNames(hues, state, "owner");
    const id = state.strings.id("Job/b");
    const before = hues.owner.of(state.strings, id);
    for (let n = 0; n < 500; n += 1) hues.owner.of(state.strings, state.strings.id(`Job/j${String(n)}`));
    expect(hues.owner.of(state.strings, id)).toBe(before);
    expect(hues.owner.knows(state.strings)).toBe(true);
    expect(hues.owner.knows(new Strings())).toBe(false);
    expect(hues.image.knows(state.strings)).toBe(false);
  });

  it("use all hues by their letters alone", () => {
    const used = new Set(Array.from({ length: 300 }, (_, n) => hueOfName(`Job/j-${String(n)}`)));
    expect(used.size).toBe(HUES);
  });

  it("are grouped: the eight most frequent, then the others; a chosen one is always named", () => {
    const pods = Array.from({ length: 10 }, (_, owner) =>
      Array.from({ length: owner + 1 }, (_, n) =>
        pod(`p${String(owner)}-${String(n)}`, { w: `Job/${String(owner)}` }),
      ),
    ).flat();
    const state = cluster(pods);
    const { named, others } = groupByName(state, "owner", all);
    expect(named.map((group) => group.pods)).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
    expect(named[0]?.name).toBe("Job/9");
    expect(others).toBe(3);
    expect(groupByName(state, "namespace", all)).toMatchObject({ named: [{ name: "shop", pods: 55 }] });
    expect(groupByName(state, "image", () => false)).toEqual({ named: [], others: 0 });
    const chosen = groupByName(state, "owner", () => false, ["Job/0", "Job/unheard-of"]);
    expect(chosen.named.map((group) => [group.name, group.pods])).toEqual([["Job/0", 0]]);
  });
});

describe("the painter's tint", () => {
  const palette = {
    font: "",
    hues: new Array(HUES).fill("red"),
    steps: new Array(5).fill("red"),
  } as unknown as Palette;
  const state = cluster([pod("a", { t: 0, w: "Job/x" }), pod("b", { t: 5 * MINUTE, s: 3, w: "Job/y" })]);
  let drawn: [column: number, row: number][];
  let painter: MapPainter;

  const scene = (tint: Scene["tint"]): Scene => {
    const viewport = { width: 1200, height: 800 };
    const layout = layoutMap(state, viewport, 20, 2);
    const words = { zoneSum: () => "" } as unknown as Scene["words"];
    return { layout, viewport, pixelRatio: 1, scroll: 0, palette, words, matcher: null, tint, tick: 0 };
  };

  beforeEach(() => {
    drawn = [];
    vi.stubGlobal("document", { createElement: () => ({ getContext: () => null }) });
    const draw = (_sheet: unknown, x: number, y: number, size: number): void => {
      drawn.push([x / (size + 2), y / (size + 2)]);
    };
    const measure = (): { width: number } => ({ width: 1 });
    const rest = (): undefined => undefined;
    const context = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => (name === "drawImage" ? draw : name === "measureText" ? measure : rest),
      set: () => true,
    });
    painter = new MapPainter(context);
  });

  it("is none by status", () => {
    expect(tintBy("status", palette, 0, newHues())).toBeUndefined();
    painter.draw(state, scene(undefined));
    expect(drawn).toEqual([
      [0, 0],
      [3, 0],
    ]);
  });

  it("keeps the status' shape and takes the owner's hue", () => {
    painter.draw(state, scene(tintBy("owner", palette, 0, newHues())));
    expect(drawn).toEqual([
      [0, hueOfName("Job/x")],
      [3, hueOfName("Job/y")],
    ]);
  });

  it("draws only those again that time has taken to the next step", () => {
    const aged = scene(tintBy("age", palette, 6 * MINUTE, newHues()));
    painter.draw(state, aged);
    expect(drawn).toEqual([
      [0, 1],
      [3, 1],
    ]);
    drawn = [];
    aged.tint = tintBy("age", palette, 11 * MINUTE, newHues());
    aged.tick = 1;
    painter.draw(state, aged);
    expect(drawn).toEqual([[0, 2]]);
  });
});
