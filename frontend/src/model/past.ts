/** A past picture of the cluster, and how it differs in places from the cluster of now. */

import { applySnapshot, type ClusterState } from "./cluster.ts";
import { NOBODY } from "./pods.ts";
import type { NodeRow, PodRow } from "./wire.ts";

export interface Picture {
  readonly rev: number;
  readonly at: number;
  readonly epoch: number;
  readonly nodes: readonly NodeRow[];
  readonly pods: readonly PodRow[];
}

/**
 * The past as a cluster's state. Whoever is in `before` too keeps its place, so that scrubbing moves only what
 * moved then; `before` is what was on screen.
 */
export function pastState(before: ClusterState, picture: Picture): ClusterState {
  return applySnapshot(before, { t: "snapshot", ...picture });
}

export interface Ghost {
  /** Key of the place in PodTable.homes. */
  readonly home: number;
  readonly cell: number;
}

/** The places where a pod stands now and none stood then. Both states must share their strings. */
export function ghosts(then: ClusterState, now: ClusterState): Ghost[] {
  const found: Ghost[] = [];
  for (const [uid, slot] of now.pods.slots) {
    const home = now.pods.node[slot] ?? 0;
    const cell = now.pods.cell[slot] ?? 0;
    const before = then.pods.slots.get(uid);
    if (before !== undefined && then.pods.node[before] === home) continue;
    const isTaken = (then.pods.homes.get(home)?.cells[cell] ?? NOBODY) !== NOBODY;
    if (!isTaken) found.push({ home, cell });
  }
  return found;
}

/** Slots of the pods that were there then and are no longer. */
export function vanished(then: ClusterState, now: ClusterState): number[] {
  return [...then.pods.slots].flatMap(([uid, slot]) => (now.pods.slots.has(uid) ? [] : [slot]));
}
