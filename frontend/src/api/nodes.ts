/** Requests about nodes: what a drain would do, what they use, their leases. */

import type { DrainPreview } from "../model/drain.ts";
import { renewalsOf, type Usage, usageOf } from "../model/nodeload.ts";
import { clusterPath } from "./clusters.ts";
import { request } from "./http.ts";

export function previewDrain(id: string, node: string): Promise<DrainPreview> {
  return request(clusterPath(id, `scheduler/drain/${encodeURIComponent(node)}/`));
}

export async function listUsage(id: string): Promise<ReadonlyMap<string, Usage>> {
  return usageOf(await items(id, "apis/metrics.k8s.io/v1beta1/nodes"));
}

export async function listRenewals(id: string): Promise<ReadonlyMap<string, number>> {
  return renewalsOf(await items(id, "apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"));
}

async function items<T>(id: string, path: string): Promise<readonly T[]> {
  const list = await request<{ items?: readonly T[] }>(`/k8s/clusters/${encodeURIComponent(id)}/${path}`);
  return list.items ?? [];
}
