/** What the hue of a pod on the map tells; its shape always tells the status. */

import type { ClusterState } from "./cluster.ts";
import type { PodTable } from "./pods.ts";
import type { Strings } from "./strings.ts";

export const COLOURINGS = ["status", "age", "cpu", "owner", "image", "namespace"] as const;
export type Colouring = (typeof COLOURINGS)[number];
/** The colourings whose hue is that of a name. */
export type NameColumn = Extract<Colouring, "owner" | "image" | "namespace">;
/** The colourings whose hues are the steps of a scale. */
export type Scale = Extract<Colouring, "age" | "cpu">;

/** Hues that tell names apart. */
export const HUES = 12;
/** Names that the legend tells apart; the rest are "others". */
const NAMED = 8;
const MINUTE = 60_000;

interface Step {
  /** As the filter writes it. */
  readonly slug: string;
  /** Upper end; the last step has none. */
  readonly below: number;
}

/** The steps of a scale from its lower end: ages in milliseconds, CPU in thousandths of a core. */
export const SCALES: Readonly<Record<Scale, readonly Step[]>> = {
  age: [
    { slug: "1m", below: MINUTE },
    { slug: "10m", below: 10 * MINUTE },
    { slug: "1h", below: 60 * MINUTE },
    { slug: "1d", below: 24 * 60 * MINUTE },
    { slug: "more", below: Infinity },
  ],
  cpu: [
    { slug: "none", below: 1 },
    { slug: "100m", below: 101 },
    { slug: "500m", below: 501 },
    { slug: "1", below: 1001 },
    { slug: "more", below: Infinity },
  ],
};

/** What is absent or unknown counts as status. */
export function readColouring(text: string | null): Colouring {
  return COLOURINGS.find((each) => each === text) ?? "status";
}

export function isScale(colouring: Colouring): colouring is Scale {
  return colouring in SCALES;
}

/** The number of the step that `value` is on. */
export function stepOf(scale: Scale, value: number): number {
  const steps = SCALES[scale];
  let step = 0;
  while (step < steps.length - 1 && value >= (steps[step]?.below ?? 0)) step += 1;
  return step;
}

/** A pod's place on a scale; `now` in simulated milliseconds. */
export function scaled(pods: PodTable, slot: number, scale: Scale, now: number): number {
  return scale === "cpu" ? (pods.cpu[slot] ?? 0) : now - (pods.created[slot] ?? 0);
}

/**
 * The hues of names, kept for as long as a name may come back. A name takes the hue that its letters say; when
 * another name has that one, the next that is free: so up to `HUES` names differ.
 */
export class NameHues {
  #strings: Strings | null = null;
  /** Hue + 1 by string id; 0 has none yet. */
  #byId = new Uint8Array(256);
  #taken = new Set<number>();

  /** True when it has hues for this cluster's names. */
  knows(strings: Strings): boolean {
    return strings === this.#strings;
  }

  of(strings: Strings, id: number): number {
    if (!this.knows(strings)) {
      this.#strings = strings;
      this.#byId.fill(0);
      this.#taken.clear();
    }
    if (id >= this.#byId.length) {
      const grown = new Uint8Array(2 * id);
      grown.set(this.#byId);
      this.#byId = grown;
    }
    const known = this.#byId[id] ?? 0;
    if (known > 0) return known - 1;
    const hue = this.#next(hueOfName(strings.at(id)));
    this.#taken.add(hue);
    this.#byId[id] = hue + 1;
    return hue;
  }

  #next(wished: number): number {
    for (let step = 0; step < HUES; step += 1) {
      const hue = (wished + step) % HUES;
      if (!this.#taken.has(hue)) return hue;
    }
    return wished;
  }
}

export type Hues = Readonly<Record<NameColumn, NameHues>>;

export function newHues(): Hues {
  return { owner: new NameHues(), image: new NameHues(), namespace: new NameHues() };
}

/** The hue that a name's letters say (FNV-1a, stirred as Murmur3 does). */
export function hueOfName(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return ((hash ^ (hash >>> 13)) >>> 0) % HUES;
}

/** Gives every name of a column its hue in the order of the pods, so that whoever loads the page sees the same. */
export function learnNames(hues: Hues, { pods, strings }: ClusterState, column: NameColumn): void {
  for (const slot of pods.slots.values()) hues[column].of(strings, pods[column][slot] ?? 0);
}

export interface NameGroup {
  readonly id: number;
  readonly name: string;
  readonly pods: number;
}

export interface NameGroups {
  /** The most frequent first. */
  readonly named: readonly NameGroup[];
  /** Pods of all other names. */
  readonly others: number;
}

type Matches = (slot: number) => boolean;

/** Pods by name, those that `matches` leaves; a name of `chosen` has a group even when it has no pods. */
export function groupByName(
  { pods, strings }: ClusterState,
  by: NameColumn,
  matches: Matches,
  chosen: readonly string[] = [],
): NameGroups {
  const counts = new Map<number, number>();
  for (const slot of pods.slots.values()) {
    const id = pods[by][slot] ?? 0;
    if (matches(slot)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const name of chosen) {
    const id = strings.find(name);
    if (id !== undefined && !counts.has(id)) counts.set(id, 0);
  }
  const groups = [...counts].map(([id, count]) => ({ id, name: strings.at(id), pods: count }));
  groups.sort((a, b) => b.pods - a.pods || (a.name < b.name ? -1 : 1));
  const isNamed = (group: NameGroup, rank: number): boolean => rank < NAMED || chosen.includes(group.name);
  const named = groups.filter(isNamed);
  const all = groups.reduce((sum, group) => sum + group.pods, 0);
  return { named, others: all - named.reduce((sum, group) => sum + group.pods, 0) };
}

/** Pods per step of a scale. */
export function countBySteps({ pods }: ClusterState, scale: Scale, now: number, matches: Matches): number[] {
  const counts = new Array<number>(SCALES[scale].length).fill(0);
  for (const slot of pods.slots.values()) {
    if (!matches(slot)) continue;
    const step = stepOf(scale, scaled(pods, slot, scale, now));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}
