/** Where the Kubernetes API keeps the kinds that the inspector can open. */

import type { Selection } from "./address.ts";

interface KindInfo {
  /** "api/v1" or "apis/<group>/<version>". */
  readonly root: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

const KINDS: Readonly<Record<string, KindInfo>> = {
  pod: { root: "api/v1", resource: "pods", namespaced: true },
  node: { root: "api/v1", resource: "nodes", namespaced: false },
  namespace: { root: "api/v1", resource: "namespaces", namespaced: false },
  service: { root: "api/v1", resource: "services", namespaced: true },
  configmap: { root: "api/v1", resource: "configmaps", namespaced: true },
  event: { root: "api/v1", resource: "events", namespaced: true },
  deployment: { root: "apis/apps/v1", resource: "deployments", namespaced: true },
  replicaset: { root: "apis/apps/v1", resource: "replicasets", namespaced: true },
  lease: { root: "apis/coordination.k8s.io/v1", resource: "leases", namespaced: true },
};

export function isKnownKind(kind: string): boolean {
  return Object.hasOwn(KINDS, kind.toLowerCase());
}

/** The object's path below the cluster's API; null for a kind that the inspector can't open. */
export function objectPath({ kind, namespace, name }: Selection): string | null {
  const info = isKnownKind(kind) ? KINDS[kind.toLowerCase()] : undefined;
  if (info === undefined) return null;
  const place = info.namespaced ? `namespaces/${encodeURIComponent(namespace)}/` : "";
  return `${info.root}/${place}${info.resource}/${encodeURIComponent(name)}`;
}

/** The path of the Events about an object. Events about objects without a namespace are kept in "default". */
export function eventsPath(namespace: string, uid: string): string {
  const place = encodeURIComponent(namespace === "" ? "default" : namespace);
  return `api/v1/namespaces/${place}/events?fieldSelector=${encodeURIComponent(`involvedObject.uid=${uid}`)}`;
}
