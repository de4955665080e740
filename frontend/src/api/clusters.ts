/** One function per operation of the REST API. */

import type { ManifestText } from "../model/documents.ts";
import type { KubeEvent, KubeObject } from "../model/kube.ts";
import { type KindInfo, listPath } from "../model/kinds.ts";
import type { TableAnswer } from "../model/kindtable.ts";
import type { Clock } from "../model/wire.ts";
import { request } from "./http.ts";
import type {
  Cluster,
  Example,
  NewCluster,
  Share,
  ShareExpiry,
  ShareRole,
  UploadAnswer,
  UploadRequest,
} from "./types.ts";

export function listExamples(): Promise<Example[]> {
  return request("/api/examples/");
}

/** The manifests that an example is made of. */
export function getExampleFiles(slug: string): Promise<ManifestText[]> {
  return request(`/api/examples/${encodeURIComponent(slug)}/`);
}

/** `archived`: those that were put away instead. */
export function listClusters(archived = false): Promise<Cluster[]> {
  return request(`/api/clusters/${archived ? "?archived=true" : ""}`);
}

export function changeCluster(
  id: string,
  change: { readonly name?: string; readonly archived?: boolean },
): Promise<Cluster> {
  return request(clusterPath(id), { method: "PATCH", body: change });
}

export function getCluster(id: string): Promise<Cluster> {
  return request(clusterPath(id));
}

export function createCluster(cluster: NewCluster): Promise<Cluster> {
  return request("/api/clusters/", { method: "POST", body: cluster });
}

export function deleteCluster(id: string): Promise<null> {
  return request(clusterPath(id), { method: "DELETE" });
}

export function setClock(id: string, change: Partial<Pick<Clock, "paused" | "speed">>): Promise<unknown> {
  return request(clusterPath(id, "clock/"), { method: "POST", body: change });
}

export interface ClockWish {
  readonly paused?: boolean;
  /** Fires this many timers; the clock must be paused. */
  readonly step?: number;
  /** Runs until this holds, at most `limit_s` simulated seconds. */
  readonly until?: string;
  readonly limit_s?: number;
}

export function runClock(id: string, wish: ClockWish): Promise<unknown> {
  return request(clusterPath(id, "clock/"), { method: "POST", body: wish });
}

/** A 422 is an answer: nothing was applied, and its `errors` say why. */
export function upload(id: string, what: UploadRequest): Promise<UploadAnswer> {
  const options = new URLSearchParams({ namespace: what.namespace });
  if (what.dryRun) options.set("dry_run", "true");
  if (what.partial) options.set("partial", "true");
  if (what.job !== undefined) options.set("job", what.job);
  const path = clusterPath(id, `uploads/?${options.toString()}`);
  return request(path, { method: "POST", body: { documents: what.documents }, alsoAccept: [422] });
}

export interface UploadJobState {
  readonly phase: "reading" | "trying" | "applying" | "done";
  readonly done: number;
  readonly total: number;
  /** A second. */
  readonly rate: number;
}

export function getUploadJob(id: string, job: string): Promise<UploadJobState> {
  return request(clusterPath(id, `uploads/${encodeURIComponent(job)}/`));
}

/** Until its changes are being written, nothing of it is applied then. */
export function cancelUpload(id: string, job: string): Promise<null> {
  return request(clusterPath(id, `uploads/${encodeURIComponent(job)}/`), { method: "DELETE" });
}

export function listShares(id: string): Promise<Share[]> {
  return request(clusterPath(id, "shares/"));
}

export interface ShareWish {
  readonly role: ShareRole;
  readonly expiresIn: ShareExpiry;
  /** The revision that the link opens at; null is live. */
  readonly rev: number | null;
}

export function createShare(id: string, { role, expiresIn, rev }: ShareWish): Promise<Share> {
  const body = { role, expires_in: expiresIn, ...(rev === null ? {} : { rev }) };
  return request(clusterPath(id, "shares/"), { method: "POST", body });
}

export function revokeShare(id: string, share: Share["id"]): Promise<null> {
  return request(clusterPath(id, `shares/${encodeURIComponent(share)}/`), { method: "DELETE" });
}

export function addNodes(id: string, count: number): Promise<unknown> {
  return request(clusterPath(id, "nodes/"), { method: "POST", body: { add: count } });
}

export function faultNode(id: string, node: string, action: "kill" | "restore"): Promise<unknown> {
  const path = clusterPath(id, `nodes/${encodeURIComponent(node)}/fault/`);
  return request(path, { method: "POST", body: { action } });
}

export function removeNode(id: string, node: string): Promise<unknown> {
  return request(clusterPath(id, `nodes/${encodeURIComponent(node)}/`), { method: "DELETE" });
}

export function kubeconfigPath(id: string): string {
  return clusterPath(id, "kubeconfig/");
}

/** `path` as model/kinds.ts gives it. */
export function getKubeObject(id: string, path: string): Promise<KubeObject> {
  return request(`/k8s/clusters/${encodeURIComponent(id)}/${path}`);
}

/** All objects at a list's path, as model/kinds.ts gives it. */
export async function listKubeObjects(id: string, path: string): Promise<readonly KubeObject[]> {
  const list = await request<{ items?: readonly KubeObject[] }>(
    `/k8s/clusters/${encodeURIComponent(id)}/${path}`,
  );
  return list.items ?? [];
}

/** A kind's objects as kubectl's table, at a revision or now. */
export function getKindTable(id: string, info: KindInfo, rev: number | null): Promise<TableAnswer> {
  const then = rev === null ? "" : `?resourceVersion=${String(rev)}&resourceVersionMatch=Exact`;
  return request(`/k8s/clusters/${encodeURIComponent(id)}/${listPath(info, "")}${then}`, {
    accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
  });
}

export async function listKubeEvents(id: string, path: string): Promise<readonly KubeEvent[]> {
  const list = await request<{ items?: readonly KubeEvent[] }>(
    `/k8s/clusters/${encodeURIComponent(id)}/${path}`,
  );
  return list.items ?? [];
}

export function clusterPath(id: string, rest = ""): string {
  return `/api/clusters/${encodeURIComponent(id)}/${rest}`;
}
