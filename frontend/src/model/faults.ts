/** What can be broken, by what, and what is broken now. */

import type { ClusterState } from "./cluster.ts";
import { statusOf } from "./status.ts";

export const FAULT_KINDS = ["power", "kubelet", "network", "crash", "registry", "dns"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export function isFaultKind(text: string): text is FaultKind {
  return (FAULT_KINDS as readonly string[]).includes(text);
}

export interface Fault {
  readonly id: string;
  readonly kind: FaultKind;
  readonly targets: readonly string[];
  /** Simulated milliseconds. */
  readonly since_ms: number;
  /** null: until somebody removes it. */
  readonly until_ms: number | null;
  readonly rev: number;
  readonly author: string;
}

/** Simulated seconds that the page offers; null is "until it is removed". */
export const DURATIONS = [30, 60, 300, 600, null] as const;
export type Duration = (typeof DURATIONS)[number];

/** Something that a fault can hit. `names` is what the server is told. */
export interface Target {
  readonly scope: "node" | "zone" | "pod" | "host" | "cluster";
  readonly name: string;
  readonly names: readonly string[];
}

export const WHOLE_CLUSTER: Target = { scope: "cluster", name: "", names: [] };

/** How a target stands in the address: `node/node-1`, `pod/shop/web-1`, nothing for the whole cluster. */
export function placeOf({ scope, name }: Target): string[] {
  return scope === "cluster" ? [] : [scope, ...name.split("/")];
}

export function targetsOf(cluster: ClusterState, kind: FaultKind, hosts: readonly string[]): Target[] {
  switch (kind) {
    case "dns":
      return [WHOLE_CLUSTER];
    case "registry":
      return hosts.map((name) => ({ scope: "host", name, names: [name] }));
    case "crash":
      return podsOf(cluster);
    default:
      return machinesOf(cluster);
  }
}

/** Zones of more than one node first, as the larger blasts; then every node, zone by zone. */
function machinesOf({ nodes }: ClusterState): Target[] {
  const zones = [...nodes.zones].map(([name, spots]) => ({
    name,
    names: spots.filter((each) => each !== ""),
  }));
  const wholes = zones.length < 2 ? [] : zones.filter((zone) => zone.names.length > 1);
  return [
    ...wholes.map((zone): Target => ({ scope: "zone", ...zone })),
    ...zones.flatMap((zone) => zone.names.map((name): Target => ({ scope: "node", name, names: [name] }))),
  ];
}

const ALIVE = new Set(["running", "starting"]);

/** Pods in which something runs, by name. */
function podsOf({ pods, strings }: ClusterState): Target[] {
  const names: string[] = [];
  for (const slot of pods.slots.values()) {
    if (!ALIVE.has(statusOf(pods.status[slot] ?? 0).slug)) continue;
    names.push(`${strings.at(pods.namespace[slot] ?? 0)}/${pods.name[slot] ?? ""}`);
  }
  return names.sort().map((name) => ({ scope: "pod", name, names: [name] }));
}

/** Milliseconds that a fault still has at a moment; null: it has no end. */
export function remaining({ until_ms }: Fault, now: number): number | null {
  return until_ms === null ? null : Math.max(0, until_ms - now);
}

/** Whether a fault of this kind keeps the target from what it would take from it again. */
export function isHit({ kind, targets }: Fault, wanted: FaultKind, { names }: Target): boolean {
  return kind === wanted && names.length > 0 && names.every((name) => targets.includes(name));
}

/** "a, b and 3 more" as its parts: the names that are shown, and how many are not. */
export function shortList(
  names: readonly string[],
  most = 3,
): { readonly names: string; readonly more: number } {
  return { names: names.slice(0, most).join(", "), more: Math.max(0, names.length - most) };
}
