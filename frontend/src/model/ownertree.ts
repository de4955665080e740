/** Who owns whom, down to the pods: Deployment, ReplicaSet, Pod. Health goes up from the pods to their owners. */

import type { ClusterState } from "./cluster.ts";
import { parseFilter, podMatcher } from "./filter.ts";
import { findKind, type KindInfo } from "./kinds.ts";
import type { TableAnswer } from "./kindtable.ts";
import { STATUSES, statusOf } from "./status.ts";

/** The kinds that own pods, or own what owns them. */
export const OWNING_KINDS: readonly KindInfo[] = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "CronJob",
  "Job",
  "ReplicaSet",
  "ReplicationController",
].flatMap((kind) => findKind(kind) ?? []);

export interface Owner {
  /** As manifests spell it. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** "Kind/name" of its own controller, "" when there is none. */
  readonly owner: string;
  readonly ready: number;
  /** null when it wants no number of anything. */
  readonly wanted: number | null;
  /** Unix milliseconds; null when it is known from its pods only. */
  readonly created: number | null;
}

export const HEALTHS = ["bad", "wait", "ok"] as const;
export type Health = (typeof HEALTHS)[number];

export interface Branch extends Owner {
  readonly key: string;
  readonly branches: readonly Branch[];
  /** Slots of its own pods. */
  readonly slots: readonly number[];
  /** Pods per status code, those of its branches included. */
  readonly counts: Uint32Array;
  readonly pods: number;
  readonly health: Health;
}

export interface Tree {
  readonly branches: readonly Branch[];
  /** Slots of the pods that nobody owns. */
  readonly slots: readonly number[];
}

export type TreeRow =
  | { readonly depth: number; readonly branch: Branch; readonly isOpen: boolean }
  | { readonly depth: number; readonly slot: number };

/** A kind's table as owners. */
export function ownersOf({ kind }: KindInfo, { columnDefinitions, rows }: TableAnswer): Owner[] {
  const column = new Map(columnDefinitions.map(({ name }, index) => [name, index]));
  return rows.map(({ cells, object: { metadata } }) => {
    const cell = (name: string): string => String((cells[column.get(name) ?? -1] as string | number) ?? "");
    const controller = metadata.ownerReferences?.find((each) => each.controller);
    return {
      kind,
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      owner: controller === undefined ? "" : `${controller.kind}/${controller.name}`,
      ...readinessIn(cell),
      created: metadata.creationTimestamp === undefined ? null : Date.parse(metadata.creationTimestamp),
    };
  });
}

/** "2/3" in one column, or the numbers of two. */
function readinessIn(cell: (name: string) => string): Pick<Owner, "ready" | "wanted"> {
  const [, ready, wanted] =
    /^(\d+)\/(\d+)/.exec(cell("Ready")) ?? /^(\d+)\/(\d+)/.exec(cell("Completions")) ?? [];
  if (wanted !== undefined) return { ready: Number(ready), wanted: Number(wanted) };
  const desired = cell("Desired");
  return { ready: Number(cell("Ready")) || 0, wanted: desired === "" ? null : Number(desired) };
}

/** A branch in the making. */
interface Open extends Owner {
  readonly key: string;
  readonly below: Open[];
  readonly slots: number[];
}

/** The tree of what the filter leaves: pods that match with all above them, and owners whose names match. */
export function treeOf(
  state: ClusterState,
  owners: readonly Owner[],
  query: string,
  namespace: string,
): Tree {
  const open = new Map(
    owners.map((owner) => [keyOf(owner), { ...owner, key: keyOf(owner), below: [], slots: [] } as Open]),
  );
  const alone: number[] = [];
  const matches = podMatcher(state, query, namespace);
  for (const slot of state.pods.slots.values()) {
    if (!matches(slot)) continue;
    const parent = parentOf(state, slot, open);
    (parent?.slots ?? alone).push(slot);
  }
  const roots: Open[] = [];
  for (const each of open.values()) {
    const parent = each.owner === "" ? undefined : open.get(`${each.namespace}/${each.owner}`);
    if (parent === undefined || parent === each) roots.push(each);
    else parent.below.push(each);
  }
  const isShown = ownerMatcher(query, namespace);
  const closed = roots.flatMap((root) => closeBranch(state, root, isShown, new Set()) ?? []);
  return { branches: closed.sort(byHealth), slots: alone.sort(byUrgency(state)) };
}

/** The owner of a pod; one that is in no table (of another kind, or just made) is known by its pods. */
function parentOf({ pods, strings }: ClusterState, slot: number, open: Map<string, Open>): Open | null {
  const owner = strings.at(pods.owner[slot] ?? 0);
  if (owner === "") return null;
  const namespace = strings.at(pods.namespace[slot] ?? 0);
  const key = `${namespace}/${owner}`;
  const known = open.get(key);
  if (known !== undefined) return known;
  const [kind = "", name = ""] = owner.split("/");
  const made: Open = {
    kind,
    namespace,
    name,
    owner: "",
    ready: 0,
    wanted: null,
    created: null,
    key,
    below: [],
    slots: [],
  };
  open.set(key, made);
  return made;
}

function keyOf({ namespace, kind, name }: Pick<Owner, "namespace" | "kind" | "name">): string {
  return `${namespace}/${kind}/${name}`;
}

/** Owners without pods stay when only words and the namespace have been asked for, and fit. */
function ownerMatcher(query: string, namespace: string): (owner: Owner) => boolean {
  const { words, node, ...facets } = parseFilter(query);
  const isForPods = node !== "" || Object.values(facets).some((values) => values.length > 0);
  return (owner) =>
    !isForPods &&
    (namespace === "" || owner.namespace === namespace) &&
    words.every((word) => owner.name.includes(word));
}

/** null when nothing of it is to be shown. `above` guards against owners in a circle. */
function closeBranch(
  state: ClusterState,
  open: Open,
  isShown: (owner: Owner) => boolean,
  above: ReadonlySet<string>,
): Branch | null {
  if (above.has(open.key)) return null;
  const path = new Set([...above, open.key]);
  const branches = open.below.flatMap((each) => closeBranch(state, each, isShown, path) ?? []).sort(byHealth);
  if (open.slots.length === 0 && branches.length === 0 && !isShown(open)) return null;
  const counts = new Uint32Array(STATUSES.length);
  for (const slot of open.slots) count(counts, state.pods.status[slot] ?? 0, 1);
  for (const branch of branches)
    branch.counts.forEach((pods, status) => {
      count(counts, status, pods);
    });
  const { below: _, ...owner } = open;
  open.slots.sort(byUrgency(state));
  const pods = counts.reduce((sum, each) => sum + each, 0);
  return { ...owner, branches, counts, pods, health: healthOf(open, counts, branches) };
}

function count(counts: Uint32Array, status: number, by: number): void {
  counts[status] = (counts[status] ?? 0) + by;
}

/** An owner is as bad as its worst pod; one that lacks pods waits. A Job that has what it wanted is well. */
function healthOf({ kind, ready, wanted }: Owner, counts: Uint32Array, branches: readonly Branch[]): Health {
  if (kind === "Job" && wanted !== null && ready >= wanted) return "ok";
  const own = STATUSES.filter(({ code }) => (counts[code] ?? 0) > 0).map(({ code }) => healthOfPod(code));
  const below = branches.length > 0 ? branches.map((each) => each.health) : own;
  if (below.includes("bad")) return "bad";
  const isShort = wanted !== null && ready < wanted;
  return isShort || below.includes("wait") ? "wait" : "ok";
}

function healthOfPod(status: number): Health {
  const { tone } = statusOf(status);
  if (tone === "bad") return "bad";
  return tone === "ok" || (tone === "neutral" && status !== UNKNOWN) ? "ok" : "wait";
}

const UNKNOWN = STATUSES.findIndex(({ slug }) => slug === "unknown");

function byHealth(a: Branch, b: Branch): number {
  return (
    HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) ||
    Number(a.pods === 0) - Number(b.pods === 0) ||
    compare(a.namespace, b.namespace) ||
    compare(a.name, b.name) ||
    compare(a.kind, b.kind)
  );
}

function byUrgency({ pods }: ClusterState): (a: number, b: number) => number {
  return (a, b) =>
    statusOf(pods.status[a] ?? 0).urgency - statusOf(pods.status[b] ?? 0).urgency ||
    compare(pods.name[a] ?? "", pods.name[b] ?? "");
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The tree's rows from top to bottom, without what is below a closed branch. What is unwell stands above what is well. */
export function rowsOf({ pods }: ClusterState, tree: Tree, isOpen: (branch: Branch) => boolean): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (branches: readonly Branch[], slots: readonly number[], depth: number): void => {
    for (const health of HEALTHS) {
      for (const branch of branches) {
        if (branch.health !== health) continue;
        const opened = isOpen(branch);
        rows.push({ depth, branch, isOpen: opened });
        if (opened) add(branch.branches, branch.slots, depth + 1);
      }
      for (const slot of slots)
        if (healthOfPod(pods.status[slot] ?? 0) === health) rows.push({ depth, slot });
    }
  };
  add(tree.branches, tree.slots, 0);
  return rows;
}

/** The row that a row hangs below; -1 for one at the top. */
export function parentRow(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.depth ?? 0) < depth) return above;
  return -1;
}
