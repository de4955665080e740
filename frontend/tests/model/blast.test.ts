import { describe, expect, it } from "vitest";
import { blastOf, fitsElsewhere, outagesOf, type Target, targetsOf } from "../../src/model/blast.ts";
import type { Marker } from "../../src/model/timeline.ts";
import { cluster, node, pod } from "./rows.ts";

const NODES = [
  node("node-1", { c: [4000, 1000], m: [8000, 2000] }),
  node("node-2", { c: [4000, 3000], m: [8000, 1000] }),
  node("node-3", { z: "zone-b", c: [4000, 3500], m: [8000, 7000] }),
];
const onNode = (name: string): Target => ({ kind: "node", name, nodes: [name] });
const ZONE_A: Target = { kind: "zone", name: "zone-a", nodes: ["node-1", "node-2"] };

describe("targets", () => {
  it("are zones of several nodes, then every node", () => {
    const names = targetsOf(cluster([], NODES)).map((each) => `${each.kind} ${each.name}`);
    expect(names).toEqual(["zone zone-a", "node node-1", "node node-2", "node node-3"]);
  });

  it("are only nodes where there is one zone, whose loss would be the cluster's", () => {
    expect(targetsOf(cluster([], NODES.slice(0, 2))).map((each) => each.kind)).toEqual(["node", "node"]);
  });

  it("are none in a cluster without nodes", () => {
    expect(targetsOf(cluster([], []))).toEqual([]);
  });
});

describe("a blast", () => {
  const web = (name: string, place: string, change = {}) =>
    pod(name, { o: place, w: "ReplicaSet/web", ...change });

  it("takes the pods of a machine, and tells of how many that is a part", () => {
    const state = cluster([web("a", "node-1"), web("b", "node-1"), web("c", "node-2")], NODES);
    const blast = blastOf(state, onNode("node-1"));
    expect(blast.pods).toBe(2);
    expect(blast.losses).toEqual([{ namespace: "shop", owner: "ReplicaSet/web", lost: 2, all: 3 }]);
  });

  it("takes all machines of a zone at once", () => {
    const state = cluster([web("a", "node-1"), web("b", "node-2"), web("c", "node-3")], NODES);
    expect(blastOf(state, ZONE_A).losses[0]).toMatchObject({ lost: 2, all: 3 });
  });

  it("tells the hardest hit first", () => {
    const state = cluster(
      [
        web("a", "node-1"),
        web("b", "node-2"),
        pod("c", { o: "node-1", w: "StatefulSet/db" }),
        pod("d", { o: "node-1", w: "ReplicaSet/all" }),
        pod("e", { o: "node-1", w: "ReplicaSet/all" }),
      ],
      NODES,
    );
    const owners = blastOf(state, onNode("node-1")).losses.map((each) => each.owner);
    expect(owners).toEqual(["ReplicaSet/all", "StatefulSet/db", "ReplicaSet/web"]);
  });

  it("keeps controllers of the same name in two namespaces apart", () => {
    const state = cluster([web("a", "node-1"), web("b", "node-2", { ns: "prod" })], NODES);
    expect(blastOf(state, onNode("node-1")).losses).toEqual([
      { namespace: "shop", owner: "ReplicaSet/web", lost: 1, all: 1 },
    ]);
  });

  it("names pods that nobody makes again", () => {
    const state = cluster([pod("z", { o: "node-1" }), pod("b", { o: "node-1" }), pod("c")], [...NODES]);
    expect(blastOf(state, onNode("node-1")).orphans).toEqual(["shop/b", "shop/c", "shop/z"]);
    expect(blastOf(state, onNode("node-2")).orphans).toEqual([]);
  });

  it.each([
    ["succeeded", 6],
    ["failed", 3],
    ["terminating", 5],
  ])("passes over pods that are %s already", (_name, s) => {
    expect(blastOf(cluster([web("a", "node-1", { s })], NODES), onNode("node-1"))).toMatchObject({
      pods: 0,
      losses: [],
    });
  });

  it("finds room elsewhere, or not", () => {
    const state = cluster([], NODES);
    expect(blastOf(state, onNode("node-1")).cpu).toEqual({ wanted: 1000, free: 1500 });
    expect(fitsElsewhere(blastOf(state, onNode("node-1")))).toBe(true);
    expect(fitsElsewhere(blastOf(state, ZONE_A))).toBe(false);
  });

  it("counts no room on nodes that take no pods", () => {
    const shut = [NODES[0], { ...NODES[1], s: 1 }, { ...NODES[2], r: 0 }].map((each) => each as never);
    expect(blastOf(cluster([], shut), onNode("node-1")).cpu.free).toBe(0);
  });

  it("misses room that only one of both resources has", () => {
    const tight = [node("node-1", { m: [8000, 6000] }), node("node-2", { m: [8000, 7000] })];
    expect(fitsElsewhere(blastOf(cluster([], tight), onNode("node-1")))).toBe(false);
  });
});

describe("outages", () => {
  const STATE = cluster([], NODES);
  const mark = (rev: number, text: string, kind: Marker["kind"] = "fault"): Marker => ({
    rev,
    at: 100 * rev,
    kind,
    text,
    author: "owner",
  });

  it.each([
    ["a node that was switched off", [mark(5, "node-1 switched off")], ["node-1"]],
    ["no node that is on again", [mark(5, "node-1 switched off"), mark(6, "node-1 switched on")], []],
    [
      "no node whose machine is gone",
      [mark(5, "node-1 switched off"), mark(6, "node-1 machine removed")],
      [],
    ],
    ["no node that isn't there", [mark(5, "node-9 switched off")], []],
    [
      "the newest first",
      [mark(5, "node-1 switched off"), mark(6, "node-2 switched off")],
      ["node-2", "node-1"],
    ],
    ["nothing that is no fault", [mark(5, "node-1 switched off", "apply")], []],
    ["nothing that says something else", [mark(5, "node-1 switched off twice"), mark(6, "")], []],
  ])("are %s", (_name, markers, nodes) => {
    expect(outagesOf(markers, STATE).map((each) => each.node)).toEqual(nodes);
  });

  it("tell since when, and where that is written", () => {
    expect(outagesOf([mark(5, "node-1 switched off")], STATE)).toEqual([{ node: "node-1", rev: 5, at: 500 }]);
  });
});
