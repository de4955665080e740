import { describe, expect, it } from "vitest";
import { applyFrame } from "../../src/model/cluster.ts";
import {
  cellPoint,
  hitTest,
  layoutKey,
  layoutMap,
  LOST_ZONE,
  neighbour,
  podPoint,
  rowsPerTile,
  zoomFrom,
} from "../../src/model/geometry.ts";
import { cluster, frame, node, pod } from "./rows.ts";

const WINDOW = { width: 1300, height: 700 };
const NODES = [node("node-1"), node("node-2"), node("node-3", { z: "zone-b" })];
const STATE = cluster(
  [pod("a", { t: 1 }), pod("b", { t: 2 }), pod("c", { o: "node-2" }), pod("q", { o: "" })],
  NODES,
);
const LAYOUT = layoutMap(STATE, WINDOW, 20, 2);

const slotOf = (name: string): number => STATE.pods.slots.get(`uid-${name}`) ?? -1;
const pointOf = (name: string) => podPoint(LAYOUT, STATE, slotOf(name)) ?? { x: -1, y: -1 };

describe("a layout", () => {
  it("has the tray and one tile for each node, none over another", () => {
    expect(LAYOUT.tiles.map((tile) => tile.node)).toEqual(["", "node-1", "node-2", "node-3"]);
    for (const one of LAYOUT.tiles) {
      for (const other of LAYOUT.tiles) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(one === other || apart).toBe(true);
      }
    }
  });

  it("fits the window with the largest pods that need no scrolling", () => {
    const fitted = layoutMap(STATE, WINDOW, "fit", 2);
    expect(fitted.pitch).toBe(38);
    expect(layoutMap(STATE, { width: 700, height: 400 }, "fit", 2).pitch).toBeLessThan(38);
    expect(fitted.height).toBeLessThanOrEqual(WINDOW.height);
  });

  it("gives a zone that is wider than the window several lines", () => {
    const many = cluster(
      [],
      Array.from({ length: 12 }, (_, index) => node(`node-${String(index)}`)),
    );
    const tiles = layoutMap(many, WINDOW, 20, 2).tiles.filter((tile) => tile.node !== "");
    expect(new Set(tiles.map((tile) => tile.y)).size).toBe(3);
    expect(Math.max(...tiles.map((tile) => tile.x + tile.width))).toBeLessThanOrEqual(WINDOW.width);
  });

  it("shows pods whose node is gone under a zone of their own", () => {
    const state = applyFrame(STATE, frame(10, 11, { nodes: [{ u: "uid-node-2", x: 1 }] }));
    const layout = layoutMap(state, WINDOW, 20, 2);
    expect(layout.zones.at(-1)?.zone).toBe(LOST_ZONE);
    expect(layout.tiles.at(-1)?.node).toBe("node-2");
    expect(layoutKey(state)).not.toBe(layoutKey(STATE));
  });

  it("does not change when a pod changes its status", () => {
    const state = applyFrame(STATE, frame(10, 11, { pods: [pod("a", { s: 4 })] }));
    expect(layoutKey(state)).toBe(layoutKey(STATE));
  });
});

describe("the zoom", () => {
  it.each([
    ["fit", 38, -1, "names"],
    ["fit", 38, 1, 32],
    ["fit", 8, -1, 10],
    [20, 99, 1, 17],
    [5, 99, 1, "zones"],
    ["zones", 99, 1, "zones"],
    ["zones", 99, -1, 5],
    ["names", 99, -1, "names"],
    ["names", 99, 1, 38],
  ] as const)("from %s (pods %d apart) by %d comes to %s", (zoom, pitch, by, expected) => {
    expect(zoomFrom(zoom, pitch, by)).toBe(expected);
  });

  it("with names has room for them, and a place for every pod of the fullest node", () => {
    const named = layoutMap(STATE, WINDOW, "names", rowsPerTile(STATE, true));
    const tile = named.tiles[1]!;
    expect(named.isNamed).toBe(true);
    expect(tile.step).toBeGreaterThan(150);
    expect([tile.columns, tile.rows]).toEqual([2, 2]);
    const { x, y } = podPoint(named, STATE, slotOf("b"))!;
    expect(hitTest(named, STATE, { x: x + 120, y: y + 5 })).toEqual({ kind: "pod", slot: slotOf("b") });
  });
});

it("rows grow in steps", () => {
  const rows = (count: number) =>
    rowsPerTile(cluster(Array.from({ length: count }, (_, i) => pod(`p${String(i)}`))));
  expect([0, 1, 20, 21, 45, 110].map(rows)).toEqual([2, 2, 2, 3, 6, 11]);
});

describe("a point", () => {
  it("hits the pod that is drawn there", () => {
    const { x, y } = pointOf("b");
    expect(hitTest(LAYOUT, STATE, { x: x + 5, y: y + 5 })).toEqual({ kind: "pod", slot: slotOf("b") });
  });

  it("hits the node beside its pods, and nothing between tiles or in the empty tray", () => {
    const tile = LAYOUT.tiles[1]!;
    expect(hitTest(LAYOUT, STATE, { x: tile.x + 3, y: tile.y + 3 })).toEqual({
      kind: "node",
      name: "node-1",
    });
    const free = cellPoint(tile, 7, LAYOUT.pitch);
    expect(hitTest(LAYOUT, STATE, { x: free.x + 1, y: free.y + 1 })).toEqual({
      kind: "node",
      name: "node-1",
    });
    expect(hitTest(LAYOUT, STATE, { x: 600, y: 30 })).toBeNull();
    expect(hitTest(LAYOUT, STATE, { x: -5, y: -5 })).toBeNull();
  });
});

describe("the arrow keys", () => {
  it.each([
    ["a", "right", "b"],
    ["b", "left", "a"],
    ["b", "right", "c"],
    ["a", "up", "q"],
    ["q", "down", "c"],
  ] as const)("go from %s %s to %s", (from, direction, to) => {
    expect(neighbour(LAYOUT, STATE, pointOf(from), direction)).toBe(slotOf(to));
  });

  it("stop at the edge", () => {
    expect(neighbour(LAYOUT, STATE, pointOf("c"), "right")).toBeNull();
  });
});
