/** Two states of a cluster, or of two clusters, side by side. */

import type { Selection } from "./address.ts";
import type { FieldChange } from "./fields.ts";
import { selectionKind } from "./kinds.ts";
import type { Picture } from "./past.ts";
import { STATUSES, statusOf, type StatusSlug } from "./status.ts";

export interface KindDifference {
  readonly kind: string;
  /** "deployments.apps" */
  readonly resource: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
}

export interface ObjectDifference {
  /** "deployments.apps/shop/web" */
  readonly key: string;
  readonly fields: readonly FieldChange[];
}

export interface Comparison {
  /** The revisions on the left and on the right. */
  readonly rev: number;
  readonly with_rev: number;
  /** Keys of what only the right side has, and only the left. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ObjectDifference[];
  readonly kinds: readonly KindDifference[];
  /** There are more differences than are told one by one. */
  readonly truncated: boolean;
  /** The first revision that is not the same; null: one history goes on where the other ends. */
  readonly parts_at: number | null;
}

export type Side = "added" | "removed" | "changed";

export interface DifferenceRow {
  readonly key: string;
  readonly side: Side;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: readonly FieldChange[];
}

/** What people look for first stands first; what every cluster does all the time stands last. */
const FIRST = [
  "deployments.apps",
  "statefulsets.apps",
  "daemonsets.apps",
  "jobs.batch",
  "cronjobs.batch",
  "pods",
  "nodes",
];
const LAST = ["endpoints", "endpointslices.discovery.k8s.io", "leases.coordination.k8s.io", "events"];

export function rankOf(resource: string): number {
  const first = FIRST.indexOf(resource);
  if (first >= 0) return first;
  const last = LAST.indexOf(resource);
  return last >= 0 ? 100 + last : 50;
}

export function orderedKinds(kinds: readonly KindDifference[]): KindDifference[] {
  return kinds.toSorted((a, b) => rankOf(a.resource) - rankOf(b.resource) || a.kind.localeCompare(b.kind));
}

/** The objects that differ, of one kind ("": of all) and with all words of a filter in their names. */
export function rowsOf(told: Comparison, resource: string, words: string): DifferenceRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [
    ...told.removed.map((key) => rowOf(key, "removed")),
    ...told.added.map((key) => rowOf(key, "added")),
    ...told.changed.map(({ key, fields }) => rowOf(key, "changed", fields)),
  ];
  return rows
    .filter((row) => resource === "" || row.resource === resource)
    .filter((row) => wanted.every((word) => row.key.toLowerCase().includes(word)))
    .sort((a, b) => rankOf(a.resource) - rankOf(b.resource) || (a.key < b.key ? -1 : 1));
}

/** Moments and counters, which differ between any two states. */
const SAYS_LITTLE = /(Time|Timestamp|At|Generation|uid|resourceVersion|revision)(\[\d+\])?$/;

/** What somebody wants to know first stands first: the specification, then the rest, and last what always differs. */
export function fieldsInOrder(fields: readonly FieldChange[]): FieldChange[] {
  const rank = ({ path }: FieldChange): number =>
    SAYS_LITTLE.test(path) ? 2 : path.startsWith("spec") || path.startsWith("data") ? 0 : 1;
  return fields.toSorted((a, b) => rank(a) - rank(b));
}

function rowOf(key: string, side: Side, fields: readonly FieldChange[] = []): DifferenceRow {
  const [resource = "", namespace = "", name = ""] = key.split("/");
  return { key, side, resource, namespace: namespace === "_" ? "" : namespace, name, fields };
}

export function selectionOf({ resource, namespace, name }: DifferenceRow): Selection {
  return { kind: selectionKind(resource), namespace, name };
}

export interface Tally {
  readonly pods: number;
  readonly byStatus: Readonly<Record<StatusSlug, number>>;
  readonly nodes: number;
  readonly ready: number;
}

/** How many pods of each status, and how many nodes are ready. */
export function tallyOf({ pods, nodes }: Picture): Tally {
  const byStatus = Object.fromEntries(STATUSES.map(({ slug }) => [slug, 0])) as Record<StatusSlug, number>;
  for (const pod of pods) byStatus[statusOf(pod.s).slug] += 1;
  return {
    pods: pods.length,
    byStatus,
    nodes: nodes.length,
    ready: nodes.filter((node) => node.r === 1).length,
  };
}

/** "+3", "−2", "" */
export function signed(difference: number): string {
  return difference === 0 ? "" : difference > 0 ? `+${String(difference)}` : `−${String(-difference)}`;
}
