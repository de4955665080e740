import { applySnapshot, type ClusterState, emptyCluster } from "../../src/model/cluster.ts";
import type { Frame, NodeRow, PodRow, Snapshot } from "../../src/model/wire.ts";

export function pod(name: string, change: Partial<PodRow> = {}): PodRow {
  const base = {
    ns: "shop",
    o: "node-1",
    s: 0,
    d: "Running",
    y: "1/1",
    k: 0,
    ip: "10.0.0.1",
    t: 0,
    w: "",
    i: "nginx:1.27",
    c: 100,
  };
  return { u: `uid-${name}`, n: name, ...base, ...change };
}

export function node(name: string, change: Partial<NodeRow> = {}): NodeRow {
  return {
    u: `uid-${name}`,
    n: name,
    z: "zone-a",
    r: 1,
    s: 0,
    ta: [],
    c: [4000, 0],
    m: [8e9, 0],
    p: 110,
    ...change,
  };
}

export function snapshot(pods: PodRow[], nodes: NodeRow[] = [node("node-1")], rev = 10): Snapshot {
  return { t: "snapshot", rev, at: 1000, epoch: 1.7e12, nodes, pods };
}

export function frame(from: number, to: number, change: Partial<Frame> = {}): Frame {
  return { t: "frame", from, to, at: 1000 + to, nodes: [], pods: [], ...change };
}

export function cluster(pods: PodRow[], nodes?: NodeRow[]): ClusterState {
  return applySnapshot(emptyCluster(), snapshot(pods, nodes));
}

/** The names of a node's pods by cell, "" for a hole, without the holes at the end. */
export function cellsOf(state: ClusterState, nodeName: string): string[] {
  const home = state.pods.homes.get(state.strings.id(nodeName));
  const names = [...(home?.cells ?? [])].map((slot) => (slot < 0 ? "" : (state.pods.name[slot] ?? "")));
  while (names.at(-1) === "") names.pop();
  return names;
}
