import { describe, expect, it } from "vitest";
import { applyFrame, applySnapshot, emptyCluster, findPod } from "../../src/model/cluster.ts";
import type { ClusterState } from "../../src/model/cluster.ts";
import type { Frame, PodRow } from "../../src/model/wire.ts";
import { cellsOf, cluster, frame, node, pod, snapshot } from "./rows.ts";

describe("a snapshot", () => {
  it("fills an empty cluster with its rows, revision and time", () => {
    const state = cluster([pod("web-1"), pod("web-2", { s: 1, o: "" })]);
    expect(state.rev).toBe(10);
    expect(state.pods.size).toBe(2);
    expect([...state.pods.counts]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
  });

  it("leaves whoever is still there in its place and takes away who is not", () => {
    const before = cluster([pod("a", { t: 1 }), pod("b", { t: 2 }), pod("c", { t: 3 })]);
    const after = applySnapshot(before, snapshot([pod("c", { t: 3 }), pod("d", { t: 0 })], undefined, 99));
    expect(cellsOf(after, "node-1")).toEqual(["d", "", "c"]);
    expect(after.rev).toBe(99);
  });
});

describe("a frame", () => {
  it("is refused when it does not continue the state's revision", () => {
    expect(() => applyFrame(cluster([]), frame(9, 11))).toThrow("frame from 9 does not continue revision 10");
    expect(() => applyFrame(emptyCluster(), frame(0, 1))).toThrow("revision null");
  });

  it("leaves the state that it was applied to as it was", () => {
    const before = cluster([pod("a")]);
    const after = applyFrame(
      before,
      frame(10, 12, { pods: [pod("a", { s: 4, d: "CrashLoopBackOff" }), pod("b")] }),
    );
    expect([...before.pods.counts]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(before.pods.size).toBe(1);
    expect([...after.pods.counts]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it("keeps the very pod table when only nodes changed", () => {
    const before = cluster([pod("a")]);
    const after = applyFrame(before, frame(10, 11, { nodes: [node("node-1", { r: 0 })] }));
    expect(after.pods).toBe(before.pods);
    expect(after.nodes.byName.get("node-1")?.r).toBe(0);
  });

  it("takes a pod that left for one that never came when its uid is unknown", () => {
    const state = applyFrame(cluster([pod("a")]), frame(10, 11, { pods: [{ u: "uid-ghost", x: 1 }] }));
    expect(state.pods.size).toBe(1);
  });

  it("moves a pod from the tray to its node when it is scheduled", () => {
    const before = cluster([pod("a"), pod("b", { o: "", s: 1 })]);
    const after = applyFrame(before, frame(10, 11, { pods: [pod("b", { s: 2 })] }));
    expect(cellsOf(before, "")).toEqual(["b"]);
    expect(cellsOf(after, "")).toEqual([]);
    expect(cellsOf(after, "node-1")).toEqual(["a", "b"]);
  });
});

describe("places", () => {
  it("never shuffle: a new pod takes the first hole, all others stay", () => {
    let state = cluster(["a", "b", "c", "d"].map((name, t) => pod(name, { t })));
    state = applyFrame(state, frame(10, 11, { pods: [{ u: "uid-b", x: 1 }] }));
    expect(cellsOf(state, "node-1")).toEqual(["a", "", "c", "d"]);
    state = applyFrame(state, frame(11, 12, { pods: [pod("e"), pod("f")] }));
    expect(cellsOf(state, "node-1")).toEqual(["a", "e", "c", "d", "f"]);
  });

  it("grow with the node's pods beyond the first row", () => {
    const names = Array.from({ length: 25 }, (_, index) => `p${String(index).padStart(2, "0")}`);
    expect(cellsOf(cluster(names.map((name) => pod(name))), "node-1")).toEqual(names);
  });

  it("mark only the homes that changed", () => {
    const before = cluster([pod("a"), pod("b", { o: "node-2" })], [node("node-1"), node("node-2")]);
    const after = applyFrame(before, frame(10, 11, { pods: [pod("a", { s: 3 })] }));
    const stamp = (state: ClusterState, name: string) => state.pods.homes.get(state.strings.id(name))?.stamp;
    expect(stamp(after, "node-1")).not.toBe(stamp(before, "node-1"));
    expect(stamp(after, "node-2")).toBe(stamp(before, "node-2"));
  });
});

it("a pod is found by namespace and name, and no longer once it is gone", () => {
  const state = cluster([pod("a"), pod("a", { u: "other", ns: "prod" })]);
  expect(findPod(state, "prod", "a")).toBe(state.pods.slots.get("other"));
  expect(findPod(state, "none", "a")).toBeNull();
  const after = applyFrame(state, frame(10, 11, { pods: [{ u: "other", x: 1 }] }));
  expect(findPod(after, "prod", "a")).toBeNull();
});

it("any history of frames ends in the same rows as one snapshot of its end", () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const { frames, rows } = randomHistory(seed);
    let state = cluster([]);
    for (const each of frames) state = applyFrame(state, each);
    expect(contents(state), `seed ${String(seed)}`).toEqual(contents(cluster(rows)));
  }
});

function randomHistory(seed: number): { frames: Frame[]; rows: PodRow[] } {
  let last = seed;
  const random = (below: number): number => (last = (last * 48271) % 2147483647) % below;
  const alive = new Map<string, PodRow>();
  const frames: Frame[] = [];
  for (let rev = 10; rev < 60; rev += 1) {
    const name = `p${String(random(40))}`;
    const row = pod(name, {
      s: random(8),
      o: random(3) === 0 ? "" : `node-${String(random(4))}`,
      k: random(9),
    });
    const removed = random(4) === 0;
    frames.push(frame(rev, rev + 1, { pods: [removed ? { u: row.u, x: 1 } : row] }));
    if (removed) alive.delete(row.u);
    else alive.set(row.u, row);
  }
  return { frames, rows: [...alive.values()] };
}

/** Everything but places, which depend on the history on purpose. */
function contents({ pods, strings }: ClusterState): unknown {
  const rows = [...pods.slots].map(([uid, slot]) => [
    uid,
    pods.name[slot],
    strings.at(pods.node[slot] ?? 0),
    pods.status[slot],
    pods.restarts[slot],
  ]);
  return { rows: rows.sort(), counts: [...pods.counts] };
}
