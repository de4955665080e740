/** What goes down with a machine: told from the rows on screen, before anybody pulls a plug. */

import type { ClusterState } from "./cluster.ts";
import { NOBODY } from "./pods.ts";
import { statusOf } from "./status.ts";
import type { Marker } from "./timeline.ts";

export type TargetKind = "node" | "zone";

/** Something that can lose its power. */
export interface Target {
  readonly kind: TargetKind;
  readonly name: string;
  readonly nodes: readonly string[];
}

/** Zones of more than one node first, as the larger blasts; then every node, zone by zone. */
export function targetsOf({ nodes }: ClusterState): Target[] {
  const zones = [...nodes.zones].map(([name, spots]) => ({
    name,
    nodes: spots.filter((each) => each !== ""),
  }));
  const wholes = zones.length < 2 ? [] : zones.filter((zone) => zone.nodes.length > 1);
  return [
    ...wholes.map((zone): Target => ({ kind: "zone", ...zone })),
    ...zones.flatMap((zone) => zone.nodes.map((name): Target => ({ kind: "node", name, nodes: [name] }))),
  ];
}

/** Pods of one controller. */
export interface Loss {
  readonly namespace: string;
  /** "ReplicaSet/web-5d8", as rows name it. */
  readonly owner: string;
  readonly lost: number;
  readonly all: number;
}

export interface Blast {
  readonly pods: number;
  /** The hardest hit first. */
  readonly losses: readonly Loss[];
  /** "namespace/name" of pods that nobody makes again. */
  readonly orphans: readonly string[];
  /** Requests of everything on the machines, and what the others have free. */
  readonly cpu: { readonly wanted: number; readonly free: number };
  readonly memory: { readonly wanted: number; readonly free: number };
}

const DONE = new Set(["succeeded", "failed", "terminating"]);

export function blastOf(cluster: ClusterState, target: Target): Blast {
  const hit = new Set(target.nodes);
  const found = new Map<string, { namespace: string; owner: string; lost: number; all: number }>();
  const orphans: string[] = [];
  let pods = 0;
  for (const slot of cluster.pods.slots.values()) {
    const pod = podAt(cluster, slot);
    if (DONE.has(pod.status)) continue;
    const isLost = hit.has(pod.node);
    if (isLost) pods += 1;
    if (isLost && pod.owner === "") orphans.push(`${pod.namespace}/${pod.name}`);
    if (pod.owner === "") continue;
    const key = `${pod.namespace}/${pod.owner}`;
    const loss = found.get(key) ?? { namespace: pod.namespace, owner: pod.owner, lost: 0, all: 0 };
    found.set(key, { ...loss, lost: loss.lost + (isLost ? 1 : 0), all: loss.all + 1 });
  }
  const losses = [...found.values()]
    .filter((loss) => loss.lost > 0)
    .sort((a, b) => b.lost / b.all - a.lost / a.all || b.lost - a.lost || a.owner.localeCompare(b.owner));
  return { pods, losses, orphans: orphans.sort(), ...roomFor(cluster, hit) };
}

function podAt({ pods, strings }: ClusterState, slot: number) {
  return {
    name: pods.name[slot] ?? "",
    namespace: strings.at(pods.namespace[slot] ?? 0),
    node: strings.at(pods.node[slot] ?? 0),
    owner: strings.at(pods.owner[slot] ?? 0),
    status: slot === NOBODY ? "unknown" : statusOf(pods.status[slot] ?? 0).slug,
  };
}

function roomFor({ nodes }: ClusterState, hit: ReadonlySet<string>): Pick<Blast, "cpu" | "memory"> {
  const cpu = { wanted: 0, free: 0 };
  const memory = { wanted: 0, free: 0 };
  for (const node of nodes.byName.values()) {
    if (hit.has(node.n)) {
      cpu.wanted += node.c[1];
      memory.wanted += node.m[1];
    } else if (node.r === 1 && node.s !== 1) {
      cpu.free += Math.max(0, node.c[0] - node.c[1]);
      memory.free += Math.max(0, node.m[0] - node.m[1]);
    }
  }
  return { cpu, memory };
}

/** Whether what falls down finds room elsewhere, as far as sums can tell. */
export function fitsElsewhere({ cpu, memory }: Blast): boolean {
  return cpu.wanted <= cpu.free && memory.wanted <= memory.free;
}

export interface Outage {
  readonly node: string;
  readonly rev: number;
  /** Simulated milliseconds. */
  readonly at: number;
}

/** Nodes whose power was switched off and not on again, the newest first. */
export function outagesOf(markers: readonly Marker[], { nodes }: ClusterState): Outage[] {
  const off = new Map<string, Outage>();
  for (const { kind, text, rev, at } of markers) {
    const [, node = "", state] = /^(\S+) (?:switched (on|off)|machine removed)$/.exec(text) ?? [];
    if (kind !== "fault" || node === "") continue;
    if (state === "off") off.set(node, { node, rev, at });
    else off.delete(node);
  }
  return [...off.values()].filter((each) => nodes.byName.has(each.node)).reverse();
}
