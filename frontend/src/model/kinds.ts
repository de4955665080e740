/** Where the Kubernetes API keeps the kinds that the page can open. */

import type { Selection } from "./address.ts";

export interface KindInfo {
  /** As manifests spell it. */
  readonly kind: string;
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
}

type Entry = readonly [kind: string, resource: string, shortNames?: string, scope?: "cluster"];

const GROUPS: Readonly<Record<string, readonly Entry[]>> = {
  "/v1": [
    ["Pod", "pods", "po"],
    ["Node", "nodes", "no", "cluster"],
    ["Namespace", "namespaces", "ns", "cluster"],
    ["Service", "services", "svc"],
    ["Endpoints", "endpoints", "ep"],
    ["ConfigMap", "configmaps", "cm"],
    ["Secret", "secrets"],
    ["ServiceAccount", "serviceaccounts", "sa"],
    ["Event", "events", "ev"],
    ["ReplicationController", "replicationcontrollers", "rc"],
    ["ResourceQuota", "resourcequotas", "quota"],
    ["LimitRange", "limitranges", "limits"],
    ["PersistentVolume", "persistentvolumes", "pv", "cluster"],
    ["PersistentVolumeClaim", "persistentvolumeclaims", "pvc"],
  ],
  "apps/v1": [
    ["Deployment", "deployments", "deploy"],
    ["ReplicaSet", "replicasets", "rs"],
    ["StatefulSet", "statefulsets", "sts"],
    ["DaemonSet", "daemonsets", "ds"],
    ["ControllerRevision", "controllerrevisions"],
  ],
  "batch/v1": [
    ["Job", "jobs"],
    ["CronJob", "cronjobs", "cj"],
  ],
  "autoscaling/v2": [["HorizontalPodAutoscaler", "horizontalpodautoscalers", "hpa"]],
  "policy/v1": [["PodDisruptionBudget", "poddisruptionbudgets", "pdb"]],
  "networking.k8s.io/v1": [
    ["Ingress", "ingresses", "ing"],
    ["IngressClass", "ingressclasses", "", "cluster"],
    ["NetworkPolicy", "networkpolicies", "netpol"],
  ],
  "discovery.k8s.io/v1": [["EndpointSlice", "endpointslices"]],
  "coordination.k8s.io/v1": [["Lease", "leases"]],
  "storage.k8s.io/v1": [["StorageClass", "storageclasses", "sc", "cluster"]],
  "scheduling.k8s.io/v1": [["PriorityClass", "priorityclasses", "pc", "cluster"]],
  "rbac.authorization.k8s.io/v1": [
    ["Role", "roles"],
    ["RoleBinding", "rolebindings"],
    ["ClusterRole", "clusterroles", "", "cluster"],
    ["ClusterRoleBinding", "clusterrolebindings", "", "cluster"],
  ],
};

export const KINDS: readonly KindInfo[] = Object.entries(GROUPS).flatMap(([place, entries]) => {
  const [group = "", version = ""] = place.split("/");
  return entries.map(([kind, resource, shortNames = "", scope]) => ({
    kind,
    group,
    version,
    resource,
    namespaced: scope === undefined,
    shortNames: shortNames === "" ? [] : [shortNames],
  }));
});

const BY_WORD = new Map<string, KindInfo>();
for (const info of KINDS) {
  for (const word of [info.kind.toLowerCase(), info.resource, ...info.shortNames]) BY_WORD.set(word, info);
}

/** By kind, plural or short name, in any case; "deployments.apps" too. */
export function findKind(word: string): KindInfo | null {
  const lower = word.toLowerCase();
  return BY_WORD.get(lower) ?? BY_WORD.get(lower.split(".", 1)[0] ?? "") ?? null;
}

export function isKnownKind(kind: string): boolean {
  return findKind(kind) !== null;
}

/** The kind as a Selection spells it. */
export function selectionKind(kind: string): string {
  return (findKind(kind)?.kind ?? kind).toLowerCase();
}

/** The object's path below the cluster's API; null for a kind that the page doesn't know. */
export function objectPath({ kind, namespace, name }: Selection): string | null {
  const info = findKind(kind);
  return info && `${listPath(info, namespace)}/${encodeURIComponent(name)}`;
}

/** The path of a kind's objects; `namespace` "" means all. */
export function listPath({ group, version, resource, namespaced }: KindInfo, namespace: string): string {
  const root = group === "" ? `api/${version}` : `apis/${group}/${version}`;
  const place = namespaced && namespace !== "" ? `namespaces/${encodeURIComponent(namespace)}/` : "";
  return `${root}/${place}${resource}`;
}

/** How the history's requests name an object: "deployments.apps/shop/web", "nodes/_/node-1". */
export function historyPath({ kind, namespace, name }: Selection): string {
  const info = findKind(kind);
  const resource = info === null ? kind : [info.resource, info.group].filter(Boolean).join(".");
  return `${resource}/${namespace === "" ? "_" : namespace}/${name}`;
}

/** The segments of an object's own page after "/c/<id>/r/": group, version, kind, namespace, name. */
export function objectRoute({ kind, namespace, name }: Selection): string[] {
  const info = findKind(kind);
  return [info?.group || "core", info?.version ?? "v1", kind, namespace === "" ? "_" : namespace, name];
}

export function parseObjectRoute(segments: readonly string[]): Selection | null {
  const [group, version, kind, namespace, name, ...rest] = segments;
  if (!group || !version || !kind || !namespace || !name || rest.length > 0) return null;
  return { kind: selectionKind(kind), namespace: namespace === "_" ? "" : namespace, name };
}

/** The path of the Events about an object. Events about objects without a namespace are kept in "default". */
export function eventsPath(namespace: string, uid: string): string {
  const place = encodeURIComponent(namespace === "" ? "default" : namespace);
  return `api/v1/namespaces/${place}/events?fieldSelector=${encodeURIComponent(`involvedObject.uid=${uid}`)}`;
}
