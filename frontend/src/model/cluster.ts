/** What a browser knows of a cluster at one revision, and the two steps that change it: a snapshot and a frame. */

import { changeNodes, emptyNodes, type NodeTable } from "./nodes.ts";
import { emptyPods, PodDraft, type PodTable } from "./pods.ts";
import { Strings } from "./strings.ts";
import { type Frame, type Gone, isGone, type NodeRow, type PodRow, type Snapshot } from "./wire.ts";

export interface ClusterState {
  /** The store's revision that this state equals; null before the first snapshot. */
  readonly rev: number | null;
  /** Simulated milliseconds at `rev`. */
  readonly at: number;
  /** Unix milliseconds of simulated time 0. */
  readonly epoch: number;
  readonly nodes: NodeTable;
  readonly pods: PodTable;
  /** Shared by all states of one cluster; only ever grows. */
  readonly strings: Strings;
}

export function emptyCluster(): ClusterState {
  return { rev: null, at: 0, epoch: 0, nodes: emptyNodes(), pods: emptyPods(), strings: new Strings() };
}

/** The state that `snapshot` describes. Whoever is in both keeps its place on the map: a resync moves nothing. */
export function applySnapshot(state: ClusterState, snapshot: Snapshot): ClusterState {
  const draft = new PodDraft(state.pods, state.strings);
  const present = new Set(snapshot.pods.map((row) => row.u));
  for (const uid of draft.uids()) if (!present.has(uid)) draft.remove(uid);
  for (const row of snapshot.pods.toSorted(byAge)) draft.put(row);
  const nodesPresent = new Set(snapshot.nodes.map((row) => row.u));
  const nodesGone = [...state.nodes.byName.values()]
    .map((row) => row.u)
    .filter((uid) => !nodesPresent.has(uid));
  return {
    rev: snapshot.rev,
    at: snapshot.at,
    epoch: snapshot.epoch,
    nodes: changeNodes(state.nodes, snapshot.nodes, new Set(nodesGone)),
    pods: draft.finish(),
    strings: state.strings,
  };
}

/** True when `frame` continues exactly where `state` stands; no other frame may be applied to it. */
export function continues(state: ClusterState, frame: Frame): boolean {
  return state.rev !== null && frame.from === state.rev;
}

export function applyFrame(state: ClusterState, frame: Frame): ClusterState {
  if (!continues(state, frame)) {
    throw new Error(`frame from ${String(frame.from)} does not continue revision ${String(state.rev)}`);
  }
  return {
    ...state,
    rev: frame.to,
    at: frame.at,
    nodes: changedNodes(state.nodes, frame.nodes),
    pods: frame.pods.length === 0 ? state.pods : changedPods(state, frame.pods),
  };
}

function changedNodes(table: NodeTable, rows: readonly (NodeRow | Gone)[]): NodeTable {
  const put: NodeRow[] = [];
  const gone = new Set<string>();
  for (const row of rows) {
    if (isGone(row)) gone.add(row.u);
    else put.push(row);
  }
  return changeNodes(table, put, gone);
}

function changedPods(state: ClusterState, rows: readonly (PodRow | Gone)[]): PodTable {
  const draft = new PodDraft(state.pods, state.strings);
  for (const row of rows) {
    if (isGone(row)) draft.remove(row.u);
    else draft.put(row);
  }
  return draft.finish();
}

function byAge(a: PodRow, b: PodRow): number {
  if (a.t !== b.t) return a.t - b.t;
  return a.n < b.n ? -1 : 1;
}

/** The slot of the pod with this name; null when there is none. */
export function findPod({ pods, strings }: ClusterState, namespace: string, name: string): number | null {
  const namespaceId = strings.find(namespace);
  const slot = pods.name.findIndex(
    (each, index) => each === name && pods.namespace[index] === namespaceId && pods.uid[index] !== "",
  );
  return slot < 0 ? null : slot;
}
