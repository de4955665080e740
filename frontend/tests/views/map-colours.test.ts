import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  AGE_STEPS,
  ageStep,
  COLOURINGS,
  countByAge,
  groupByName,
  hueOfName,
  NameHues,
  readColouring,
  saysColouring,
  withColouring,
} from "../../src/model/colours.ts";
import { Strings } from "../../src/model/strings.ts";
import { AGES, HUES, inThemes } from "../../src/views/map/inks.ts";
import { MapPainter, type Scene } from "../../src/views/map/painter.ts";
import type { Palette } from "../../src/views/map/palette.ts";
import { tintBy } from "../../src/views/map/tint.ts";
import { layoutMap } from "../../src/model/geometry.ts";
import { cluster, pod } from "../model/rows.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const all = (): boolean => true;

describe("the colours' place in the address", () => {
  it.each(COLOURINGS)("%s is written and read", (colouring) => {
    const search = withColouring("", colouring);
    expect(search).toBe(`?colour=${colouring}`);
    expect(readColouring(search)).toBe(colouring);
    expect(saysColouring(search)).toBe(true);
  });

  it.each(["", "?colour=", "?colour=Owner", "?q=colour=age", "?colours=age"])("%s means status", (search) => {
    expect(readColouring(search)).toBe("status");
  });

  it.each([
    ["?q=web&rev=60", "?q=web&rev=60&colour=age"],
    ["?colour=owner&sel=pod/shop/a", "?sel=pod/shop/a&colour=age"],
    ["colour=age", "?colour=age"],
  ])("%s becomes %s", (before, after) => {
    expect(withColouring(before, "age")).toBe(after);
  });
});

describe("ages", () => {
  it.each([
    [-5, 0],
    [0, 0],
    [MINUTE - 1, 0],
    [MINUTE, 1],
    [10 * MINUTE, 2],
    [60 * MINUTE - 1, 2],
    [60 * MINUTE, 3],
    [DAY - 1, 3],
    [DAY, 4],
    [900 * DAY, 4],
  ])("%d ms is step %d", (age, step) => {
    expect(ageStep(age)).toBe(step);
  });

  it("are counted by step, without those that the filter leaves out", () => {
    const state = cluster([pod("a", { t: 0 }), pod("b", { t: 0 }), pod("c", { t: 9 * MINUTE })]);
    expect(countByAge(state, 10 * MINUTE, all)).toEqual([0, 1, 2, 0, 0]);
    const one = state.pods.slots.get("uid-a");
    expect(countByAge(state, DAY, (slot) => slot === one)).toEqual([0, 0, 0, 0, 1]);
  });
});

describe("names", () => {
  it("keep their hue, and use all hues", () => {
    expect(hueOfName("ReplicaSet/web-1", 12)).toBe(hueOfName("ReplicaSet/web-1", 12));
    const used = new Set(Array.from({ length: 300 }, (_, n) => hueOfName(`Job/j-${String(n)}`, 12)));
    expect(used.size).toBe(12);
  });

  it("are looked up by id, however many there are and whichever cluster they are of", () => {
    const hues = new NameHues(12);
    for (const prefix of ["a", "b"]) {
      const strings = new Strings();
      for (let n = 0; n < 1000; n += 1) {
        const name = `${prefix}-${String(n)}`;
        const id = strings.id(name);
        expect(hues.of(strings, id)).toBe(hueOfName(name, 12));
        expect(hues.of(strings, id)).toBe(hueOfName(name, 12));
      }
    }
  });

  it("are grouped: the eight most frequent, then the others", () => {
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
    expect(groupByName(state, "namespace", all)).toEqual({ named: [{ name: "shop", pods: 55 }], others: 0 });
    expect(groupByName(state, "owner", () => false)).toEqual({ named: [], others: 0 });
  });
});

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

describe("inks", () => {
  it.each([...HUES, ...AGES])("%s on light and %s on dark are seen", (light, dark) => {
    expect(1.05 / (luminance(light) + 0.05)).toBeGreaterThanOrEqual(3);
    expect((luminance(dark) + 0.05) / (luminance("#0e1318") + 0.05)).toBeGreaterThanOrEqual(3);
  });

  it("are as many as are needed, and all different", () => {
    expect(HUES).toHaveLength(12);
    expect(AGES).toHaveLength(AGE_STEPS);
    expect(new Set([...HUES, ...AGES].map(inThemes)).size).toBe(17);
  });

  it("of ages fall in lightness, so that they are a ramp without hue, too", () => {
    for (const theme of [0, 1] as const) {
      const steps = AGES.map((ink) => luminance(ink[theme]));
      expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    }
  });
});

describe("the painter's tint", () => {
  const palette = { font: "", hues: HUES.map(inThemes), ages: AGES.map(inThemes) } as unknown as Palette;
  const state = cluster([pod("a", { t: 0, w: "Job/x" }), pod("b", { t: 5 * MINUTE, s: 3, w: "Job/y" })]);
  let drawn: [column: number, row: number][];
  let painter: MapPainter;

  const scene = (tint: Scene["tint"]): Scene => {
    const viewport = { width: 1200, height: 800 };
    const layout = layoutMap(state, viewport, 20, 2);
    const words = {} as Scene["words"];
    return { layout, viewport, pixelRatio: 1, scroll: 0, palette, words, matcher: null, tint };
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
    expect(tintBy("status", palette, 0)).toBeUndefined();
    painter.draw(state, scene(undefined));
    expect(drawn).toEqual([
      [0, 0],
      [3, 0],
    ]);
  });

  it("keeps the status' shape and takes the owner's hue", () => {
    painter.draw(state, scene(tintBy("owner", palette, 0)));
    expect(drawn).toEqual([
      [0, hueOfName("Job/x", 12)],
      [3, hueOfName("Job/y", 12)],
    ]);
  });

  it("draws only those again that time has taken to the next step", () => {
    const aged = scene(tintBy("age", palette, 6 * MINUTE));
    painter.draw(state, aged);
    expect(drawn).toEqual([
      [0, 1],
      [3, 1],
    ]);
    drawn = [];
    aged.tint = tintBy("age", palette, 11 * MINUTE);
    painter.draw(state, aged);
    expect(drawn).toEqual([[0, 2]]);
  });
});
