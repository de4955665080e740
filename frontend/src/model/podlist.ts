/** The pod table's rows: which slots, in which order. */

import type { ClusterState } from "./cluster.ts";
import { podMatcher } from "./filter.ts";
import { compareNatural } from "./nodes.ts";
import { statusOf } from "./status.ts";

export const POD_COLUMNS = ["name", "namespace", "ready", "status", "restarts", "node", "ip", "age"] as const;
export type PodColumn = (typeof POD_COLUMNS)[number];

export interface Order {
  readonly column: PodColumn;
  readonly descending: boolean;
}

/** Slots of the matching pods. Equal values keep the order namespace, name, so that rows never jump about. */
export function listPods(
  state: ClusterState,
  query: string,
  namespace: string,
  order: Order,
  now = state.at,
): number[] {
  const slots = [...state.pods.slots.values()].filter(podMatcher(state, query, namespace, now));
  const compare = comparison(state, order.column);
  const sign = order.descending ? -1 : 1;
  return slots.sort((a, b) => sign * compare(a, b) || byName(state, a, b));
}

type Compare = (a: number, b: number) => number;

function comparison(state: ClusterState, column: PodColumn): Compare {
  const { pods, strings } = state;
  const byText =
    (ids: Uint32Array): Compare =>
    (a, b) =>
      compareText(strings.at(ids[a] ?? 0), strings.at(ids[b] ?? 0));
  switch (column) {
    case "name":
      return (a, b) => compareText(pods.name[a] ?? "", pods.name[b] ?? "");
    case "namespace":
      return byText(pods.namespace);
    case "ready":
      return byText(pods.ready);
    case "status":
      return (a, b) => statusOf(pods.status[a] ?? 0).urgency - statusOf(pods.status[b] ?? 0).urgency;
    case "restarts":
      return (a, b) => (pods.restarts[a] ?? 0) - (pods.restarts[b] ?? 0);
    case "node":
      return (a, b) => compareNatural(strings.at(pods.node[a] ?? 0), strings.at(pods.node[b] ?? 0));
    case "ip":
      return (a, b) => compareNatural(pods.ip[a] ?? "", pods.ip[b] ?? "");
    case "age":
      return (a, b) => (pods.created[b] ?? 0) - (pods.created[a] ?? 0);
  }
}

function byName({ pods, strings }: ClusterState, a: number, b: number): number {
  const namespaces = compareText(strings.at(pods.namespace[a] ?? 0), strings.at(pods.namespace[b] ?? 0));
  return namespaces || compareText(pods.name[a] ?? "", pods.name[b] ?? "");
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
