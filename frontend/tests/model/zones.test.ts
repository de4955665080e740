import { describe, expect, it } from "vitest";
import { zoneCounts, zoneTotal } from "../../src/model/zones.ts";
import { applyFrame } from "../../src/model/cluster.ts";
import { cluster, frame, node, pod } from "./rows.ts";

const STATE = cluster(
  [
    pod("a"),
    pod("b", { s: 4 }),
    pod("c", { o: "node-2" }),
    pod("d", { o: "node-3" }),
    pod("q", { o: "", s: 1 }),
  ],
  [
    node("node-1", { c: [4000, 500], m: [8, 2] }),
    node("node-2", { r: 0, s: 1, c: [2000, 100], m: [4, 1] }),
    node("node-3", { z: "zone-b" }),
  ],
);

describe("a zone", () => {
  it("adds up what its nodes have, and no other's", () => {
    expect(zoneTotal(STATE, "zone-a")).toEqual({
      nodes: 2,
      pods: 3,
      cpu: [6000, 600],
      memory: [12, 3],
      notReady: 1,
      cordoned: 1,
    });
    expect(zoneTotal(STATE, "zone-b")).toMatchObject({ nodes: 1, pods: 1, notReady: 0 });
  });

  it("is none where no node is", () => {
    expect(zoneTotal(STATE, "zone-z")).toBeNull();
    const gone = applyFrame(STATE, frame(10, 11, { nodes: [{ u: "uid-node-3", x: 1 }] }));
    expect(zoneTotal(gone, "zone-b")).toBeNull();
  });

  it("does not count the place that a node has left", () => {
    const gone = applyFrame(STATE, frame(10, 11, { nodes: [{ u: "uid-node-1", x: 1 }] }));
    expect(zoneTotal(gone, "zone-a")).toMatchObject({ nodes: 1, pods: 1 });
  });

  it("counts its pods by status, those that match", () => {
    expect([...zoneCounts(STATE, "zone-a", () => true)]).toEqual([2, 0, 0, 0, 1, 0, 0, 0]);
    expect([...zoneCounts(STATE, "zone-a", (slot) => STATE.pods.name[slot] === "c")]).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect([...zoneCounts(STATE, "zone-z", () => true)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
