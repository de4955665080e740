/** What the hue of a pod on the map tells; its shape always tells the status. */

import type { ClusterState } from "./cluster.ts";
import type { PodTable } from "./pods.ts";
import type { Strings } from "./strings.ts";

export const COLOURINGS = ["status", "age", "owner", "namespace"] as const;
export type Colouring = (typeof COLOURINGS)[number];
/** The colourings whose hue is that of a name. */
export type NameColumn = Extract<Colouring, keyof PodTable>;

const PARAMETER = "colour";
const MINUTE = 60_000;

/** Upper ends of the steps of age in milliseconds; what is older takes one step more. */
const AGE_ENDS = [MINUTE, 10 * MINUTE, 60 * MINUTE, 24 * 60 * MINUTE];
export const AGE_STEPS = AGE_ENDS.length + 1;
/** Names that the legend tells apart; the rest are "others". */
const NAMED = 8;

/** The `colour` of a query string; what is absent or unknown counts as status. */
export function readColouring(search: string): Colouring {
  const text = new URLSearchParams(search).get(PARAMETER);
  return COLOURINGS.find((each) => each === text) ?? "status";
}

export function saysColouring(search: string): boolean {
  return new URLSearchParams(search).has(PARAMETER);
}

/** The query string with this `colour`; all else in it stays as it is written. */
export function withColouring(search: string, colouring: Colouring): string {
  const rest = search
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "" && !part.startsWith(`${PARAMETER}=`));
  return `?${[...rest, `${PARAMETER}=${colouring}`].join("&")}`;
}

/** 0 for the youngest. */
export function ageStep(milliseconds: number): number {
  let step = 0;
  while (step < AGE_ENDS.length && milliseconds >= (AGE_ENDS[step] ?? 0)) step += 1;
  return step;
}

/** The same for the same name, everywhere and for ever (FNV-1a, stirred as Murmur3 does). */
export function hueOfName(name: string, hues: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return ((hash ^ (hash >>> 13)) >>> 0) % hues;
}

/** The hues of names by their string id, so that a name is hashed once and then only looked up. */
export class NameHues {
  readonly #hues: number;
  #strings: Strings | null = null;
  /** Hue + 1; 0 is not hashed yet. */
  #byId = new Uint8Array(256);

  constructor(hues: number) {
    this.#hues = hues;
  }

  of(strings: Strings, id: number): number {
    if (strings !== this.#strings) {
      this.#strings = strings;
      this.#byId.fill(0);
    }
    if (id >= this.#byId.length) {
      const grown = new Uint8Array(2 * id);
      grown.set(this.#byId);
      this.#byId = grown;
    }
    const known = this.#byId[id] ?? 0;
    if (known > 0) return known - 1;
    const hue = hueOfName(strings.at(id), this.#hues);
    this.#byId[id] = hue + 1;
    return hue;
  }
}

export interface NameGroup {
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

export function groupByName({ pods, strings }: ClusterState, by: NameColumn, matches: Matches): NameGroups {
  const counts = new Map<number, number>();
  for (const slot of pods.slots.values()) {
    const id = pods[by][slot] ?? 0;
    if (matches(slot)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const groups = [...counts].map(([id, count]) => ({ name: strings.at(id), pods: count }));
  groups.sort((a, b) => b.pods - a.pods || (a.name < b.name ? -1 : 1));
  const others = groups.slice(NAMED).reduce((sum, group) => sum + group.pods, 0);
  return { named: groups.slice(0, NAMED), others };
}

/** Pods per step of age. */
export function countByAge({ pods }: ClusterState, now: number, matches: Matches): number[] {
  const counts = new Array<number>(AGE_STEPS).fill(0);
  for (const slot of pods.slots.values()) {
    const step = ageStep(now - (pods.created[slot] ?? 0));
    if (matches(slot)) counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}
