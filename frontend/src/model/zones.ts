/** What the nodes of a zone add up to. */

import type { ClusterState } from "./cluster.ts";
import { NOBODY } from "./pods.ts";
import { STATUSES } from "./status.ts";

type Share = readonly [all: number, requested: number];

export interface ZoneTotal {
  readonly nodes: number;
  readonly pods: number;
  /** Thousandths of a core. */
  readonly cpu: Share;
  /** Bytes. */
  readonly memory: Share;
  readonly notReady: number;
  readonly cordoned: number;
}

/** null for what is no zone, as the place of pods whose nodes are gone. */
export function zoneTotal(state: ClusterState, zone: string): ZoneTotal | null {
  const names = state.nodes.zones.get(zone);
  if (names === undefined) return null;
  const rows = names.flatMap((name) => state.nodes.byName.get(name) ?? []);
  const sum = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((all, row) => all + of(row), 0);
  return {
    nodes: rows.length,
    pods: sum((row) => state.pods.homes.get(state.strings.id(row.n))?.occupied ?? 0),
    cpu: [sum((row) => row.c[0]), sum((row) => row.c[1])],
    memory: [sum((row) => row.m[0]), sum((row) => row.m[1])],
    notReady: sum((row) => Number(row.r !== 1)),
    cordoned: sum((row) => row.s),
  };
}

/** A zone's pods per status code, those that `matches` leaves. */
export function zoneCounts(
  state: ClusterState,
  zone: string,
  matches: (slot: number) => boolean,
): Uint32Array {
  const counts = new Uint32Array(STATUSES.length);
  for (const name of state.nodes.zones.get(zone) ?? []) {
    if (name === "") continue;
    for (const slot of state.pods.homes.get(state.strings.id(name))?.cells ?? []) {
      if (slot === NOBODY || !matches(slot)) continue;
      const status = state.pods.status[slot] ?? 0;
      counts[status] = (counts[status] ?? 0) + 1;
    }
  }
  return counts;
}
