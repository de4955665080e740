/**
 * All pods of a cluster, one column per field, one slot per pod.
 *
 * A table is a value: `PodDraft` copies it, takes any number of changes and gives the next table. Copying
 * 10,000 pods costs well under a millisecond, which is what a frame may cost.
 */

import { STATUSES } from "./status.ts";
import type { Strings } from "./strings.ts";
import type { PodRow } from "./wire.ts";

/** Where a node's pods stand: cell -> pod slot, NOBODY for a hole. A pod keeps its cell for as long as it stays. */
export interface Home {
  readonly cells: Int32Array;
  readonly occupied: number;
  /** Grows with every visible change in this home, so that only such homes are drawn again. */
  readonly stamp: number;
}

export const NOBODY = -1;
const FIRST_CELLS = 10;
const FIRST_SLOTS = 64;

export interface PodTable {
  readonly size: number;
  /** uid -> slot. */
  readonly slots: ReadonlyMap<string, number>;
  /** "" marks a free slot. */
  readonly uid: readonly string[];
  readonly name: readonly string[];
  readonly ip: readonly string[];
  readonly namespace: Uint32Array;
  readonly node: Uint32Array;
  readonly reason: Uint32Array;
  readonly ready: Uint32Array;
  readonly owner: Uint32Array;
  readonly image: Uint32Array;
  /** CPU asked for, in thousandths of a core. */
  readonly cpu: Uint32Array;
  readonly restarts: Uint32Array;
  readonly status: Uint8Array;
  /** Simulated milliseconds. */
  readonly created: Float64Array;
  readonly cell: Int32Array;
  /** Pods per status code. */
  readonly counts: Uint32Array;
  /** Node name's id -> its pods; id 0 holds the pods without a node. */
  readonly homes: ReadonlyMap<number, Home>;
}

export function emptyPods(): PodTable {
  return {
    size: 0,
    slots: new Map(),
    uid: [],
    name: [],
    ip: [],
    namespace: new Uint32Array(FIRST_SLOTS),
    node: new Uint32Array(FIRST_SLOTS),
    reason: new Uint32Array(FIRST_SLOTS),
    ready: new Uint32Array(FIRST_SLOTS),
    owner: new Uint32Array(FIRST_SLOTS),
    image: new Uint32Array(FIRST_SLOTS),
    cpu: new Uint32Array(FIRST_SLOTS),
    restarts: new Uint32Array(FIRST_SLOTS),
    status: new Uint8Array(FIRST_SLOTS),
    created: new Float64Array(FIRST_SLOTS),
    cell: new Int32Array(FIRST_SLOTS),
    counts: new Uint32Array(STATUSES.length),
    homes: new Map(),
  };
}

interface OpenHome {
  cells: Int32Array;
  occupied: number;
  stamp: number;
}

/** The next table in the making. Use it once: after `finish` it belongs to whoever got the table. */
export class PodDraft {
  readonly #strings: Strings;
  readonly #slots: Map<string, number>;
  readonly #uid: string[];
  readonly #name: string[];
  readonly #ip: string[];
  readonly #homes: Map<number, OpenHome | Home>;
  readonly #open = new Set<number>();
  readonly #counts: Uint32Array;
  #numbers: NumberColumns;
  /** Slots without a pod, found when first needed; the lowest is taken first. */
  #free: number[] | null = null;

  constructor(table: PodTable, strings: Strings) {
    this.#strings = strings;
    this.#slots = new Map(table.slots);
    this.#uid = table.uid.slice();
    this.#name = table.name.slice();
    this.#ip = table.ip.slice();
    this.#homes = new Map(table.homes);
    this.#counts = table.counts.slice();
    this.#numbers = copyNumbers(table, table.status.length);
  }

  has(uid: string): boolean {
    return this.#slots.has(uid);
  }

  uids(): string[] {
    return [...this.#slots.keys()];
  }

  put(row: PodRow): void {
    const known = this.#slots.get(row.u);
    const slot = known ?? this.#takeSlot(row.u);
    const columns = this.#numbers;
    const home = this.#strings.id(row.o);
    const status = row.s < STATUSES.length ? row.s : STATUSES.length - 1;
    if (known === undefined) {
      this.#enter(home, slot);
    } else {
      this.#count(columns.status[slot] ?? 0, -1);
      if (columns.node[slot] !== home) {
        this.#leave(slot);
        this.#enter(home, slot);
      }
    }
    this.#count(status, 1);
    this.#openHome(home).stamp += 1;
    this.#name[slot] = row.n;
    this.#ip[slot] = row.ip;
    columns.namespace[slot] = this.#strings.id(row.ns);
    columns.node[slot] = home;
    columns.reason[slot] = this.#strings.id(row.d);
    columns.ready[slot] = this.#strings.id(row.y);
    columns.owner[slot] = this.#strings.id(row.w);
    columns.image[slot] = this.#strings.id(row.i);
    columns.cpu[slot] = row.c;
    columns.restarts[slot] = row.k;
    columns.status[slot] = status;
    columns.created[slot] = row.t;
  }

  /** Takes a pod away; its cell becomes a hole. A uid that is not there is no error: it may have come and gone. */
  remove(uid: string): void {
    const slot = this.#slots.get(uid);
    if (slot === undefined) return;
    this.#leave(slot);
    this.#count(this.#numbers.status[slot] ?? 0, -1);
    this.#slots.delete(uid);
    this.#uid[slot] = "";
    this.#free = null;
  }

  finish(): PodTable {
    return {
      size: this.#slots.size,
      slots: this.#slots,
      uid: this.#uid,
      name: this.#name,
      ip: this.#ip,
      counts: this.#counts,
      homes: this.#homes,
      ...this.#numbers,
    };
  }

  #takeSlot(uid: string): number {
    this.#free ??= this.#uid.flatMap((occupant, slot) => (occupant === "" ? [slot] : [])).reverse();
    const slot = this.#free.pop() ?? this.#uid.length;
    if (slot >= this.#numbers.status.length) this.#numbers = copyNumbers(this.#numbers, slot * 2);
    this.#uid[slot] = uid;
    this.#slots.set(uid, slot);
    return slot;
  }

  #count(status: number, by: 1 | -1): void {
    this.#counts[status] = (this.#counts[status] ?? 0) + by;
  }

  #enter(homeId: number, slot: number): void {
    const home = this.#openHome(homeId);
    let cell = home.cells.indexOf(NOBODY);
    if (cell < 0) {
      cell = home.cells.length;
      const grown = new Int32Array(cell * 2).fill(NOBODY);
      grown.set(home.cells);
      home.cells = grown;
    }
    home.cells[cell] = slot;
    home.occupied += 1;
    home.stamp += 1;
    this.#numbers.cell[slot] = cell;
  }

  #leave(slot: number): void {
    const homeId = this.#numbers.node[slot] ?? 0;
    const home = this.#openHome(homeId);
    home.cells[this.#numbers.cell[slot] ?? 0] = NOBODY;
    home.occupied -= 1;
    home.stamp += 1;
  }

  #openHome(id: number): OpenHome {
    const home = this.#homes.get(id);
    if (home !== undefined && this.#open.has(id)) return home as OpenHome;
    const opened =
      home === undefined
        ? { cells: new Int32Array(FIRST_CELLS).fill(NOBODY), occupied: 0, stamp: 0 }
        : { cells: home.cells.slice(), occupied: home.occupied, stamp: home.stamp };
    this.#homes.set(id, opened);
    this.#open.add(id);
    return opened;
  }
}

type NumberColumns = Pick<
  PodTable,
  | "namespace"
  | "node"
  | "reason"
  | "ready"
  | "owner"
  | "image"
  | "cpu"
  | "restarts"
  | "status"
  | "created"
  | "cell"
>;

function copyNumbers(from: NumberColumns, capacity: number): NumberColumns {
  return {
    namespace: copied(from.namespace, new Uint32Array(capacity)),
    node: copied(from.node, new Uint32Array(capacity)),
    reason: copied(from.reason, new Uint32Array(capacity)),
    ready: copied(from.ready, new Uint32Array(capacity)),
    owner: copied(from.owner, new Uint32Array(capacity)),
    image: copied(from.image, new Uint32Array(capacity)),
    cpu: copied(from.cpu, new Uint32Array(capacity)),
    restarts: copied(from.restarts, new Uint32Array(capacity)),
    status: copied(from.status, new Uint8Array(capacity)),
    created: copied(from.created, new Float64Array(capacity)),
    cell: copied(from.cell, new Int32Array(capacity)),
  };
}

function copied<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source);
  return target;
}
