/** All nodes of a cluster, and the spot that each keeps in its zone. */

import type { NodeRow } from "./wire.ts";

export interface NodeTable {
  /** Node name -> row. Names are unique at any moment; a node that comes back under its name takes its place again. */
  readonly byName: ReadonlyMap<string, NodeRow>;
  /** Zone -> node names by spot, "" for a hole; zones in alphabetical order. */
  readonly zones: ReadonlyMap<string, readonly string[]>;
  /** Grows whenever a node is added, removed, or moves between zones. */
  readonly layoutStamp: number;
}

export function emptyNodes(): NodeTable {
  return { byName: new Map(), zones: new Map(), layoutStamp: 0 };
}

/** The table after some nodes changed and some left. New nodes take the first hole of their zone, in natural name order. */
export function changeNodes(table: NodeTable, put: readonly NodeRow[], gone: ReadonlySet<string>): NodeTable {
  if (put.length === 0 && gone.size === 0) return table;
  const byName = new Map(table.byName);
  const zones = new Map([...table.zones].map(([zone, spots]) => [zone, spots.slice()]));
  let layoutStamp = table.layoutStamp;
  for (const row of table.byName.values()) {
    if (!gone.has(row.u)) continue;
    byName.delete(row.n);
    vacate(zones, row);
    layoutStamp += 1;
  }
  for (const row of put.toSorted((a, b) => compareNatural(a.n, b.n))) {
    const before = byName.get(row.n);
    byName.set(row.n, row);
    if (before?.z === row.z) continue;
    if (before !== undefined) vacate(zones, before);
    settle(zones, row);
    layoutStamp += 1;
  }
  return { byName, zones: inOrder(zones), layoutStamp };
}

/** "node-2" before "node-10". */
export function compareNatural(a: string, b: string): number {
  return NATURAL.compare(a, b);
}

const NATURAL = new Intl.Collator("en", { numeric: true });

function vacate(zones: Map<string, string[]>, row: NodeRow): void {
  const spots = zones.get(row.z);
  if (spots === undefined) return;
  spots[spots.indexOf(row.n)] = "";
  while (spots.at(-1) === "") spots.pop();
  if (spots.length === 0) zones.delete(row.z);
}

function settle(zones: Map<string, string[]>, row: NodeRow): void {
  const spots = zones.get(row.z) ?? [];
  const hole = spots.indexOf("");
  if (hole < 0) spots.push(row.n);
  else spots[hole] = row.n;
  zones.set(row.z, spots);
}

function inOrder(zones: Map<string, string[]>): Map<string, string[]> {
  return new Map([...zones].sort(([a], [b]) => compareNatural(a, b)));
}
