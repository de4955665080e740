import { describe, expect, it } from "vitest";
import { applyFrame, type ClusterState } from "../../src/model/cluster.ts";
import { GLYPH_GRID, GLYPHS } from "../../src/model/glyphs.ts";
import { emptyPods, NOBODY, PodDraft } from "../../src/model/pods.ts";
import { STATUS_SLUGS } from "../../src/model/status.ts";
import { Strings } from "../../src/model/strings.ts";
import type { Gone, PodRow } from "../../src/model/wire.ts";
import { cellsOf, cluster, frame, pod } from "./rows.ts";

function then(state: ClusterState, ...pods: (PodRow | Gone)[]): ClusterState {
  return applyFrame(state, frame(state.rev ?? 0, (state.rev ?? 0) + 1, { pods }));
}

const gone = (name: string): Gone => ({ u: `uid-${name}`, x: 1 });

describe("strings", () => {
  it("get a number on first sight, and keep it", () => {
    const strings = new Strings();
    expect([strings.id("a"), strings.id("b"), strings.id("a")]).toEqual([1, 2, 1]);
    expect([strings.at(1), strings.at(2)]).toEqual(["a", "b"]);
  });

  it("know nothing as number 0, and unknown numbers as nothing", () => {
    const strings = new Strings();
    expect([strings.id(""), strings.at(0), strings.at(77)]).toEqual([0, "", ""]);
  });

  it("can be asked without being given a number", () => {
    const strings = new Strings();
    expect(strings.find("a")).toBeUndefined();
    expect(strings.find("")).toBe(0);
  });

  it.each(["__proto__", "constructor", "toString"])("take %s for a name like any other", (name) => {
    const strings = new Strings();
    expect(strings.find(name)).toBeUndefined();
    expect(strings.at(strings.id(name))).toBe(name);
  });
});

describe("a pod's place", () => {
  it("is the first hole of its node", () => {
    const state = then(cluster([pod("a"), pod("b"), pod("c")]), gone("b"));
    expect(cellsOf(state, "node-1")).toEqual(["a", "", "c"]);
    expect(cellsOf(then(state, pod("d")), "node-1")).toEqual(["a", "d", "c"]);
  });

  it("stays while its status changes", () => {
    const state = then(cluster([pod("a"), pod("b")]), pod("a", { s: 4 }));
    expect(cellsOf(state, "node-1")).toEqual(["a", "b"]);
  });

  it("is left when it moves to its node", () => {
    const waiting = cluster([pod("a", { o: "", s: 1 }), pod("b", { o: "", s: 1 })]);
    const state = then(waiting, pod("a"));
    expect([cellsOf(state, ""), cellsOf(state, "node-1")]).toEqual([["", "b"], ["a"]]);
  });

  it("is found for as many pods as there are", () => {
    const names = Array.from({ length: 500 }, (_, index) => `p${String(index)}`);
    const state = cluster(names.map((name) => pod(name)));
    expect(cellsOf(state, "node-1")).toHaveLength(500);
    expect(state.pods.size).toBe(500);
  });
});

describe("a table of pods", () => {
  it("is a value: a change leaves the one before as it was", () => {
    const before = cluster([pod("a"), pod("b")]);
    const after = then(before, pod("a", { s: 3 }), gone("b"), pod("c"));
    expect(before.pods.counts[0]).toBe(2);
    expect(cellsOf(before, "node-1")).toEqual(["a", "b"]);
    expect(after.pods.counts[3]).toBe(1);
    expect(before.pods.slots.has("uid-c")).toBe(false);
  });

  it("forgets who was never there without complaint", () => {
    expect(then(cluster([pod("a")]), gone("nobody")).pods.size).toBe(1);
  });

  it("takes a status of the future for unknown", () => {
    const { pods } = cluster([pod("a", { s: 99 })]);
    expect(STATUS_SLUGS[pods.status[0] ?? -1]).toBe("unknown");
    expect(pods.counts.at(-1)).toBe(1);
  });

  it("uses the slot of a pod that went for the next that comes", () => {
    const state = then(then(cluster([pod("a"), pod("b")]), gone("a")), pod("c"));
    expect(state.pods.slots.get("uid-c")).toBe(0);
    expect(state.pods.uid).toEqual(["uid-c", "uid-b"]);
  });

  it("stamps the homes that changed, and no others", () => {
    const before = cluster([pod("a"), pod("b", { o: "node-2" })]);
    const after = then(before, pod("a", { s: 3 }));
    const stamp = (state: ClusterState, name: string) =>
      state.pods.homes.get(state.strings.id(name))?.stamp ?? 0;
    expect(stamp(after, "node-1")).toBeGreaterThan(stamp(before, "node-1"));
    expect(stamp(after, "node-2")).toBe(stamp(before, "node-2"));
  });

  it("knows who is in it while it is made", () => {
    const draft = new PodDraft(emptyPods(), new Strings());
    draft.put(pod("a"));
    expect([draft.has("uid-a"), draft.has("uid-b"), draft.uids()]).toEqual([true, false, ["uid-a"]]);
    draft.remove("uid-a");
    expect(draft.finish()).toMatchObject({ size: 0, uid: [""] });
  });

  it("marks holes by nobody", () => {
    const { pods, strings } = then(cluster([pod("a")]), gone("a"));
    expect([...(pods.homes.get(strings.id("node-1"))?.cells ?? [])].every((cell) => cell === NOBODY)).toBe(
      true,
    );
  });
});

describe("glyphs", () => {
  it("every status has a shape of its own", () => {
    const shapes = STATUS_SLUGS.map((slug) => JSON.stringify(GLYPHS[slug]));
    expect(new Set(shapes).size).toBe(STATUS_SLUGS.length);
  });

  it("no shape leaves its grid", () => {
    for (const strokes of Object.values(GLYPHS)) {
      for (const stroke of strokes) {
        if (stroke.kind !== "fill") continue;
        expect(stroke.x + stroke.w).toBeLessThanOrEqual(GLYPH_GRID);
        expect(stroke.y + stroke.h).toBeLessThanOrEqual(GLYPH_GRID);
      }
    }
  });
});
