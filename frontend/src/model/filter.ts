/** The filter line: `status:failed,crashloop node:node-1 owner:web text`. What the legend's chips toggle is a part of it. */

import type { ClusterState } from "./cluster.ts";
import { STATUS_SLUGS, STATUSES, type StatusSlug } from "./status.ts";

export interface Filter {
  /** Empty means every status. */
  readonly statuses: readonly StatusSlug[];
  readonly node: string;
  readonly owner: string;
  /** Words that a pod's name must contain, lower case. */
  readonly words: readonly string[];
}

export const NO_FILTER: Filter = { statuses: [], node: "", owner: "", words: [] };

export function parseFilter(text: string): Filter {
  const filter = { statuses: [] as StatusSlug[], node: "", owner: "", words: [] as string[] };
  for (const part of text.trim().split(/\s+/)) {
    const [key = "", value] = splitOnce(part);
    if (value !== undefined && key === "status") filter.statuses.push(...value.split(",").filter(isSlug));
    else if (value !== undefined && key === "node") filter.node = value;
    else if (value !== undefined && key === "owner") filter.owner = value;
    else if (part !== "") filter.words.push(part.toLowerCase());
  }
  return filter;
}

export function formatFilter(filter: Filter): string {
  const parts: string[] = [];
  if (filter.statuses.length > 0) parts.push(`status:${filter.statuses.join(",")}`);
  if (filter.node !== "") parts.push(`node:${filter.node}`);
  if (filter.owner !== "") parts.push(`owner:${filter.owner}`);
  return [...parts, ...filter.words].join(" ");
}

/** The filter text with one status switched; with none left, every status shows again. */
export function toggleStatus(text: string, slug: StatusSlug): string {
  const filter = parseFilter(text);
  const chosen = new Set(filter.statuses);
  if (!chosen.delete(slug)) chosen.add(slug);
  return formatFilter({ ...filter, statuses: STATUS_SLUGS.filter((each) => chosen.has(each)) });
}

/** A test for pod slots. `namespace` "" means all. */
export function podMatcher(state: ClusterState, text: string, namespace: string): (slot: number) => boolean {
  const filter = parseFilter(text);
  const { pods, strings } = state;
  const codes = new Set(
    STATUSES.filter((each) => filter.statuses.includes(each.slug)).map((each) => each.code),
  );
  const namespaceId = strings.find(namespace);
  const nodeId = strings.find(filter.node);
  return (slot) =>
    (namespace === "" || pods.namespace[slot] === namespaceId) &&
    (codes.size === 0 || codes.has(pods.status[slot] ?? -1)) &&
    (filter.node === "" || pods.node[slot] === nodeId) &&
    (filter.owner === "" || strings.at(pods.owner[slot] ?? 0).includes(filter.owner)) &&
    filter.words.every((word) => (pods.name[slot] ?? "").includes(word));
}

/** Pods per status code in one namespace ("" means all): the numbers on the legend. */
export function countsIn(state: ClusterState, namespace: string): Uint32Array {
  if (namespace === "") return state.pods.counts;
  const counts = new Uint32Array(STATUSES.length);
  const matches = podMatcher(state, "", namespace);
  for (const slot of state.pods.slots.values()) {
    const status = state.pods.status[slot] ?? 0;
    if (matches(slot)) counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
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

function isSlug(text: string): text is StatusSlug {
  return (STATUS_SLUGS as readonly string[]).includes(text);
}
