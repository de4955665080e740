/**
 * The filter line: `status:failed,crashloop node:node-1 owner:web text`. What a legend's chips toggle is a part of it.
 *
 * `owner:` and `image:` take a part of the name, and with "=" all of it: `image:=nginx` leaves nginx:1.27 out.
 */

import type { ClusterState } from "./cluster.ts";
import { type Scale, scaled, SCALES, stepOf } from "./colours.ts";
import { STATUS_SLUGS, STATUSES } from "./status.ts";

/** What has a chip for each of its values; any number of values may be chosen, and none means all. */
export const FACETS = ["status", "owner", "image", "age", "cpu"] as const;
export type Facet = (typeof FACETS)[number];

export type Filter = Readonly<Record<Facet, readonly string[]>> & {
  readonly node: string;
  /** Words that a pod's name must contain, lower case. */
  readonly words: readonly string[];
};

export function parseFilter(text: string): Filter {
  const facets: Record<Facet, string[]> = { status: [], owner: [], image: [], age: [], cpu: [] };
  const words: string[] = [];
  let node = "";
  for (const part of text.trim().split(/\s+/)) {
    const [key = "", value] = splitOnce(part);
    if (value !== undefined && isFacet(key)) facets[key].push(...value.split(",").filter(isValueOf(key)));
    else if (value !== undefined && key === "node") node = value;
    else if (part !== "") words.push(part.toLowerCase());
  }
  return { ...facets, node, words };
}

export function formatFilter(filter: Filter): string {
  const facets = FACETS.map((facet) => [facet, filter[facet].join(",")] as const);
  const parts = [...facets, ["node", filter.node] as const].flatMap(([key, value]) =>
    value === "" ? [] : [`${key}:${value}`],
  );
  return [...parts, ...filter.words].join(" ");
}

/** The filter text with one value switched; with none left, every value shows again. */
export function toggle(text: string, facet: Facet, value: string): string {
  const filter = parseFilter(text);
  const chosen = new Set(filter[facet]);
  if (!chosen.delete(value)) chosen.add(value);
  const order = orderOf(facet);
  const values = order === null ? [...chosen] : order.filter((each) => chosen.has(each));
  return formatFilter({ ...filter, [facet]: values });
}

/** The filter text without what it says of one facet: what that facet's own chips count. */
export function without(text: string, facet: Facet): string {
  return formatFilter({ ...parseFilter(text), [facet]: [] });
}

/** True when what matches changes though nothing happens. */
export function dependsOnTime(text: string): boolean {
  return parseFilter(text).age.length > 0;
}

type Matches = (slot: number) => boolean;

/** A test for pod slots. `namespace` "" means all; ages are counted to `now`, in simulated milliseconds. */
export function podMatcher(state: ClusterState, text: string, namespace: string, now = state.at): Matches {
  const filter = parseFilter(text);
  const { pods, strings } = state;
  const tests: Matches[] = [];
  if (namespace !== "") tests.push(equals(pods.namespace, strings.find(namespace)));
  if (filter.node !== "") tests.push(equals(pods.node, strings.find(filter.node)));
  if (filter.status.length > 0) {
    const codes = new Set(STATUSES.flatMap(({ slug, code }) => (filter.status.includes(slug) ? [code] : [])));
    tests.push((slot) => codes.has(pods.status[slot] ?? -1));
  }
  for (const column of ["owner", "image"] as const) {
    const wanted = filter[column];
    if (wanted.length > 0) tests.push((slot) => isNamed(strings.at(pods[column][slot] ?? 0), wanted));
  }
  for (const scale of ["age", "cpu"] as const) {
    const steps = stepsOf(scale, filter[scale]);
    if (steps.size > 0) tests.push((slot) => steps.has(stepOf(scale, scaled(pods, slot, scale, now))));
  }
  if (filter.words.length > 0) {
    tests.push((slot) => filter.words.every((word) => (pods.name[slot] ?? "").includes(word)));
  }
  return (slot) => tests.every((test) => test(slot));
}

function equals(column: Uint32Array, id: number | undefined): Matches {
  return (slot) => column[slot] === id;
}

function isNamed(name: string, wanted: readonly string[]): boolean {
  return wanted.some((each) => (each.startsWith("=") ? name === each.slice(1) : name.includes(each)));
}

function stepsOf(scale: Scale, slugs: readonly string[]): Set<number> {
  return new Set(SCALES[scale].flatMap(({ slug }, step) => (slugs.includes(slug) ? [step] : [])));
}

/** Pods per status code, those that the rest of the filter leaves: the numbers on the legend. */
export function countsIn(state: ClusterState, text: string, namespace: string): Uint32Array {
  const rest = without(text, "status");
  if (rest === "" && namespace === "") return state.pods.counts;
  const counts = new Uint32Array(STATUSES.length);
  const matches = podMatcher(state, rest, namespace);
  for (const slot of state.pods.slots.values()) {
    const status = state.pods.status[slot] ?? 0;
    if (matches(slot)) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

/** False when there is nothing to see. */
export function anyPod(state: ClusterState, text: string, namespace: string): boolean {
  if (text === "" && namespace === "") return state.pods.size > 0;
  return [...state.pods.slots.values()].some(podMatcher(state, text, namespace));
}

/** Every namespace that has a pod, in alphabetical order. */
export function namespacesOf(state: ClusterState): string[] {
  const ids = new Set<number>();
  for (const slot of state.pods.slots.values()) ids.add(state.pods.namespace[slot] ?? 0);
  return [...ids].map((id) => state.strings.at(id)).sort();
}

function splitOnce(part: string): [string, string | undefined] {
  const colon = part.indexOf(":");
  return colon < 0 ? [part, undefined] : [part.slice(0, colon), part.slice(colon + 1)];
}

function isFacet(text: string): text is Facet {
  return (FACETS as readonly string[]).includes(text);
}

/** The values that a facet can have, in their order; null for names, which may be any. */
function orderOf(facet: Facet): readonly string[] | null {
  if (facet === "status") return STATUS_SLUGS;
  return facet === "owner" || facet === "image" ? null : SCALES[facet].map((step) => step.slug);
}

function isValueOf(facet: Facet): (text: string) => boolean {
  const order = orderOf(facet);
  return (text) => (order === null ? text !== "" : order.includes(text));
}
