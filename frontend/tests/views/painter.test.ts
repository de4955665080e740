import { beforeEach, describe, expect, it, vi } from "vitest";
import { applyFrame, type ClusterState } from "../../src/model/cluster.ts";
import { layoutMap } from "../../src/model/geometry.ts";
import { podMatcher } from "../../src/model/filter.ts";
import { MapPainter, type Scene } from "../../src/views/map/painter.ts";
import type { Palette } from "../../src/views/map/palette.ts";
import { cluster, frame, node, pod } from "../model/rows.ts";

/** A context that only remembers: pods drawn (sprite and opacity), texts written, tiles framed. */
class Recorder {
  pods: { sprite: number; alpha: number }[] = [];
  texts: string[] = [];
  boxes = 0;
  globalAlpha = 1;

  readonly context = new Proxy(this as unknown as CanvasRenderingContext2D, {
    get: (_target, name) => {
      if (name === "drawImage") {
        return (_sheet: unknown, x: number, _y: number, size: number) =>
          this.pods.push({ sprite: x / (size + 2), alpha: this.globalAlpha });
      }
      if (name === "fillText") return (text: string) => this.texts.push(text);
      if (name === "measureText") return (text: string) => ({ width: text.length * 6 });
      if (name === "strokeRect") return () => (this.boxes += 1);
      return () => undefined;
    },
    set: (_target, name, value: unknown) => {
      if (name === "globalAlpha") this.globalAlpha = value as number;
      return true;
    },
  });

  clear(): void {
    this.pods = [];
    this.texts = [];
    this.boxes = 0;
  }
}

const WORDS = {
  tray: "Not scheduled",
  noNode: "Nodes that are gone",
  zoneNone: "no zone",
  notReady: "NotReady",
  unknown: "Unknown",
  cordoned: "cordoned",
  cpu: "CPU",
  memory: "Memory",
  zoneSum: ({ nodes, pods, cpu }: { nodes: number; pods: number; cpu: number }): string =>
    `${String(nodes)} nodes, ${String(pods)} pods, ${String(cpu)}%`,
};

function scene(state: ClusterState, change: Partial<Scene> = {}): Scene {
  const viewport = { width: 1200, height: 800 };
  const layout = layoutMap(state, viewport, 20, 2);
  const palette = { font: "sans" } as Palette;
  return {
    layout,
    viewport,
    pixelRatio: 1,
    scroll: 0,
    palette,
    words: WORDS,
    matcher: null,
    tick: 0,
    ...change,
  };
}

const NODES = [node("node-1"), node("node-2", { r: 0 }), node("node-3", { s: 1 })];
const STATE = cluster([pod("a", { t: 1 }), pod("b", { t: 2, s: 4 }), pod("q", { o: "", s: 1 })], NODES);

let recorder: Recorder;
let painter: MapPainter;

beforeEach(() => {
  recorder = new Recorder();
  painter = new MapPainter(recorder.context);
  const canvas = { width: 0, height: 0, getContext: () => null };
  vi.stubGlobal("document", { createElement: () => canvas });
});

describe("the painter", () => {
  it("draws every pod with the sprite of its status, and names zones and nodes", () => {
    painter.draw(STATE, scene(STATE));
    expect(recorder.pods.map((each) => each.sprite).sort()).toEqual([0, 1, 4]);
    expect(recorder.texts).toContain("zone-a");
    expect(recorder.texts).toContain("3 nodes, 2 pods, 0%");
    expect(recorder.texts).toContain("Not scheduled 1");
    expect(recorder.texts).toContain("node-1");
    expect(recorder.texts).toContain("✕ node-2  NotReady");
    expect(recorder.texts).toContain("node-3  cordoned");
  });

  it("draws nothing again when nothing changed", () => {
    const same = scene(STATE);
    painter.draw(STATE, same);
    recorder.clear();
    painter.draw(STATE, same);
    expect(recorder).toMatchObject({ pods: [], texts: [], boxes: 0 });
  });

  it("draws only the pod that changed its status", () => {
    const same = scene(STATE);
    painter.draw(STATE, same);
    recorder.clear();
    painter.draw(applyFrame(STATE, frame(10, 11, { pods: [pod("a", { t: 1, s: 5 })] })), same);
    expect(recorder.pods).toEqual([{ sprite: 5, alpha: 1 }]);
    expect(recorder.boxes).toBe(0);
  });

  it("draws a tile anew when its node changed", () => {
    const same = scene(STATE);
    painter.draw(STATE, same);
    recorder.clear();
    painter.draw(applyFrame(STATE, frame(10, 11, { nodes: [node("node-1", { r: 2 })] })), same);
    expect(recorder.boxes).toBe(1);
    expect(recorder.texts).toEqual(["✕ node-1  Unknown"]); // the zone adds up to the same
    expect(recorder.pods).toHaveLength(2);
  });

  it("counts the tray anew when a pod joins it", () => {
    const same = scene(STATE);
    painter.draw(STATE, same);
    recorder.clear();
    painter.draw(applyFrame(STATE, frame(10, 11, { pods: [pod("r", { o: "", s: 1 })] })), same);
    expect(recorder.texts).toEqual(["Not scheduled 2"]);
  });

  it("dims what the filter leaves out, and lights a pod up that comes to match", () => {
    const filtered = scene(STATE, { matcher: (state) => podMatcher(state, "status:crashloop", "") });
    painter.draw(STATE, filtered);
    expect(recorder.pods.filter((each) => each.alpha === 1).map((each) => each.sprite)).toEqual([4]);
    recorder.clear();
    painter.draw(applyFrame(STATE, frame(10, 11, { pods: [pod("a", { t: 1, s: 4 })] })), filtered);
    expect(recorder.pods).toEqual([{ sprite: 4, alpha: 1 }]);
  });

  it("writes a zone's sum anew when a pod joins it", () => {
    const same = scene(STATE);
    painter.draw(STATE, same);
    recorder.clear();
    painter.draw(applyFrame(STATE, frame(10, 11, { pods: [pod("c", { t: 3 })] })), same);
    expect(recorder.texts).toEqual(["3 nodes, 3 pods, 0%"]);
  });

  it("writes names beside the pods at the closest zoom, the ends of long ones too", () => {
    const long = `${"x".repeat(60)}-2594p`;
    const state = cluster([pod("a", { t: 1 }), pod(long, { t: 2 })], NODES);
    const layout = layoutMap(state, { width: 1200, height: 800 }, "names", 2);
    const close = scene(state, { layout });
    painter.draw(state, close);
    expect(recorder.texts).toContain("a");
    expect(recorder.texts.some((text) => /^x+…-?2594p$/.test(text))).toBe(true);
    recorder.clear();
    // Another pod with the same look takes the place: its name has to be written.
    const next = applyFrame(state, frame(10, 11, { pods: [{ u: "uid-a", x: 1 }, pod("b", { t: 3 })] }));
    painter.draw(next, close);
    expect(recorder.texts).toContain("b");
  });

  it("leaves out what is scrolled away", () => {
    painter.draw(STATE, scene(STATE, { scroll: 5000 }));
    expect(recorder.pods).toEqual([]);
  });
});
