/** What the page does to objects, as requests of the Kubernetes API. */

import { formatSelection, type Selection } from "./address.ts";
import { findKind, objectPath } from "./kinds.ts";

/** An object that something is done to. */
export interface Target extends Selection {
  /** Something makes it anew when it is gone. */
  readonly isControlled: boolean;
  /** How many it wants now, where that is known. */
  readonly replicas?: number | null;
}

export type Action =
  | { readonly verb: "delete" }
  /** A new rollout of the same template; `at` is the moment as the API writes it. */
  | { readonly verb: "restart"; readonly at: string }
  | { readonly verb: "scale"; readonly replicas: number }
  | { readonly verb: "cordon" }
  | { readonly verb: "uncordon" }
  /** Deletes a pod if its PodDisruptionBudget lets it go. */
  | { readonly verb: "evict" };
export type Verb = Action["verb"];

export interface KubeRequest {
  readonly method: "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
}

export interface KubeAnswer {
  readonly status: number;
  /** Why not; "" when it was done. */
  readonly message: string;
}

export interface Outcome extends KubeAnswer {
  readonly target: Target;
  readonly isDone: boolean;
}

const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";
/** The kinds that a verb can be done to; all kinds where none are named. */
const KINDS_OF: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  restart: ["deployment", "statefulset", "daemonset"],
  scale: ["deployment", "replicaset", "statefulset", "replicationcontroller"],
  cordon: ["node"],
  uncordon: ["node"],
  evict: ["pod"],
};

/** Those of `targets` that the verb can be done to. */
export function takers(verb: Verb, targets: readonly Target[]): Target[] {
  const kinds = KINDS_OF[verb];
  return targets.filter(({ kind }) => (kinds?.includes(kind) ?? true) && findKind(kind) !== null);
}

/** The request that does it. Only for `takers`. */
export function requestOf(action: Action, target: Target): KubeRequest {
  const path = `/${objectPath(target) ?? ""}`;
  switch (action.verb) {
    case "delete":
      return {
        method: "DELETE",
        path,
        body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
      };
    case "restart": {
      const metadata = { annotations: { [RESTARTED_AT]: action.at } };
      return { method: "PATCH", path, body: { spec: { template: { metadata } } } };
    }
    case "scale":
      return { method: "PATCH", path: `${path}/scale`, body: { spec: { replicas: action.replicas } } };
    case "cordon":
      return { method: "PATCH", path, body: { spec: { unschedulable: true } } };
    case "uncordon":
      return { method: "PATCH", path, body: { spec: { unschedulable: null } } };
    case "evict": {
      const { name, namespace } = target;
      const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      return { method: "POST", path: `${path}/eviction`, body };
    }
  }
}

/** What came of it. Deleting what is gone already has come to what was wanted. */
export function outcomeOf(verb: Verb, target: Target, { status, message }: KubeAnswer): Outcome {
  const isGone = status === 404 && (verb === "delete" || verb === "evict");
  return { target, status, message, isDone: status < 400 || isGone };
}

/** Failures first. */
export function failuresFirst(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.toSorted((a, b) => Number(a.isDone) - Number(b.isDone));
}

/** How many of each kind, in kubectl's words: "3 pods, 1 deployment". */
export function countKinds(targets: readonly Target[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of targets) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => `${String(count)} ${count === 1 ? kind : (findKind(kind)?.resource ?? kind)}`)
    .join(", ");
}

export interface Loss {
  /** Pods that nothing makes anew. */
  readonly forGood: number;
  /** Objects whose owner makes another one. */
  readonly remade: number;
  /** Objects that take what they own along. */
  readonly owners: number;
}

const OWNERS = [
  "deployment",
  "replicaset",
  "statefulset",
  "daemonset",
  "job",
  "cronjob",
  "replicationcontroller",
];

/** What a deletion means for those it hits. */
export function lossOf(targets: readonly Target[]): Loss {
  const remade = targets.filter((target) => target.isControlled).length;
  const forGood = targets.filter((target) => target.kind === "pod" && !target.isControlled).length;
  const owners = targets.filter((target) => OWNERS.includes(target.kind)).length;
  return { forGood, remade, owners };
}

export function keyOf(target: Selection): string {
  return formatSelection(target);
}
