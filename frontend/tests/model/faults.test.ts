import { describe, expect, it } from "vitest";
import {
  type Fault,
  isFaultKind,
  isHit,
  placeOf,
  remaining,
  shortList,
  type Target,
  targetsOf,
  WHOLE_CLUSTER,
} from "../../src/model/faults.ts";
import { cluster, node, pod } from "./rows.ts";

const NODES = [node("node-1"), node("node-2"), node("node-3", { z: "zone-b" })];
const NODE_1: Target = { scope: "node", name: "node-1", names: ["node-1"] };
const FAULT: Fault = {
  id: "f",
  kind: "power",
  targets: ["node-1", "node-2"],
  since_ms: 1000,
  until_ms: 61_000,
  rev: 7,
  author: "",
};

describe("targets", () => {
  it.each(["power", "kubelet", "network"] as const)(
    "of %s are zones of several nodes, then every node",
    (kind) => {
      const names = targetsOf(cluster([], NODES), kind, []).map((each) => `${each.scope} ${each.name}`);
      expect(names).toEqual(["zone zone-a", "node node-1", "node node-2", "node node-3"]);
    },
  );

  it("are only nodes where there is one zone, whose loss would be the cluster's", () => {
    const found = targetsOf(cluster([], NODES.slice(0, 2)), "power", []);
    expect(found.map((each) => each.scope)).toEqual(["node", "node"]);
  });

  it("are none in a cluster without nodes", () => {
    expect(targetsOf(cluster([], []), "power", [])).toEqual([]);
  });

  it("of a crash are the pods in which something runs, by name", () => {
    const pods = [pod("b"), pod("a"), pod("done", { s: 6 }), pod("waits", { s: 1 }), pod("starts", { s: 2 })];
    const names = targetsOf(cluster(pods, NODES), "crash", []).map((each) => each.name);
    expect(names).toEqual(["shop/a", "shop/b", "shop/starts"]);
  });

  it("of a registry are the hosts that images come from", () => {
    const found = targetsOf(cluster([], []), "registry", ["docker.io"]);
    expect(found).toEqual([{ scope: "host", name: "docker.io", names: ["docker.io"] }]);
  });

  it("of DNS are the whole cluster", () => {
    expect(targetsOf(cluster([], []), "dns", [])).toEqual([WHOLE_CLUSTER]);
  });

  it("have their place in the address", () => {
    expect(placeOf(NODE_1)).toEqual(["node", "node-1"]);
    expect(placeOf({ scope: "pod", name: "shop/web-1", names: [] })).toEqual(["pod", "shop", "web-1"]);
    expect(placeOf(WHOLE_CLUSTER)).toEqual([]);
  });
});

describe("an active fault", () => {
  it("counts down to its end, and not beyond", () => {
    expect(remaining(FAULT, 1000)).toBe(60_000);
    expect(remaining(FAULT, 70_000)).toBe(0);
    expect(remaining({ ...FAULT, until_ms: null }, 70_000)).toBeNull();
  });

  it("hits what is part of it, by faults of its own kind only", () => {
    const zone: Target = { scope: "zone", name: "zone-a", names: ["node-1", "node-2"] };
    expect(isHit(FAULT, "power", NODE_1)).toBe(true);
    expect(isHit(FAULT, "power", zone)).toBe(true);
    expect(isHit(FAULT, "network", NODE_1)).toBe(false);
    expect(isHit({ ...FAULT, targets: ["node-2"] }, "power", zone)).toBe(false);
    expect(isHit(FAULT, "power", WHOLE_CLUSTER)).toBe(false);
  });
});

it("a long list is told by its first names and how many more there are", () => {
  expect(shortList(["a", "b"])).toEqual({ names: "a, b", more: 0 });
  expect(shortList(["a", "b", "c", "d", "e"])).toEqual({ names: "a, b, c", more: 2 });
});

it("only what can break is a kind of fault", () => {
  expect([isFaultKind("power"), isFaultKind("node")]).toEqual([true, false]);
});
