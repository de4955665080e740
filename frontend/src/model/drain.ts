/** A node's drain: who would go, who holds it up, and how far it has come. */

import type { KubeAnswer, Target } from "./actions.ts";
import { type ClusterState, findPod } from "./cluster.ts";
import { statusOf } from "./status.ts";

/** A pod that a drain would evict, as the server foretells it. */
export interface Leaving {
  /** "namespace/name". */
  readonly pod: string;
  /** "Kind/name"; "" when nothing makes the pod anew. */
  readonly controller: string;
  /** The PodDisruptionBudget that would refuse it now; "" for none. */
  readonly held_by: string;
  /** The node where a pod like it fits; "" for nowhere. */
  readonly goes_to: string;
  /** Why nowhere. */
  readonly message: string;
}

export interface DrainPreview {
  /** Everybody may go, has a place, and somebody to make it anew. */
  readonly smooth: boolean;
  readonly leaving: readonly Leaving[];
  /** Pods that stay: those of DaemonSets, static ones. */
  readonly staying: readonly string[];
}

/** waiting: not asked yet; refused: asked in vain, to be asked again; leaving: it ends; gone: no longer on the node. */
export const DRAIN_PHASES = ["refused", "waiting", "leaving", "gone"] as const;
export type DrainPhase = (typeof DRAIN_PHASES)[number];

export interface DrainRow extends Leaving {
  readonly phase: DrainPhase;
  /** Why it was refused. */
  readonly answer: string;
}

/** How far each pod is: by what the server last answered for it, and by where it is now. */
export function drainRows(
  preview: DrainPreview,
  answers: ReadonlyMap<string, KubeAnswer>,
  cluster: ClusterState,
  node: string,
): DrainRow[] {
  return preview.leaving.map((leaving) => {
    const answer = answers.get(leaving.pod);
    const phase = phaseOf(leaving, answer, cluster, node);
    return { ...leaving, phase, answer: phase === "refused" ? (answer?.message ?? "") : "" };
  });
}

function phaseOf(
  { pod }: Leaving,
  answer: KubeAnswer | undefined,
  cluster: ClusterState,
  node: string,
): DrainPhase {
  const { namespace, name } = placeOf(pod);
  const slot = findPod(cluster, namespace, name);
  const isHere = slot !== null && cluster.strings.at(cluster.pods.node[slot] ?? 0) === node;
  if (!isHere) return "gone";
  if (statusOf(cluster.pods.status[slot] ?? 0).slug === "terminating") return "leaving";
  if (answer === undefined) return "waiting";
  return answer.status < 400 || answer.status === 404 ? "leaving" : "refused";
}

function placeOf(pod: string): { readonly namespace: string; readonly name: string } {
  const slash = pod.indexOf("/");
  return { namespace: pod.slice(0, slash), name: pod.slice(slash + 1) };
}

/** Whom to ask next: everybody who is neither on the way nor gone. */
export function toEvict(rows: readonly DrainRow[]): Target[] {
  return rows
    .filter(({ phase }) => phase === "waiting" || phase === "refused")
    .map(({ pod, controller }) => ({ kind: "pod", ...placeOf(pod), isControlled: controller !== "" }));
}

export function podKey({ namespace, name }: Pick<Target, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

/** Pods per phase. */
export function countPhases(rows: readonly DrainRow[]): Record<DrainPhase, number> {
  const counts = { refused: 0, waiting: 0, leaving: 0, gone: 0 };
  for (const { phase } of rows) counts[phase] += 1;
  return counts;
}

/** True when nobody is left to wait for. */
export function isDrained(rows: readonly DrainRow[]): boolean {
  return rows.every(({ phase }) => phase === "gone");
}
