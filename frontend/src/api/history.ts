/** Requests about the past: timeline, pictures, objects and their differences, forks. */

import type { Comparison } from "../model/compare.ts";
import type { FieldChange } from "../model/fields.ts";
import type { KubeObject } from "../model/kube.ts";
import type { Picture } from "../model/past.ts";
import type { Timeline } from "../model/timeline.ts";
import { clusterPath } from "./clusters.ts";
import { request } from "./http.ts";
import type { Cluster } from "./types.ts";

export function getTimeline(id: string, buckets: number): Promise<Timeline> {
  return request(clusterPath(id, `timeline/?buckets=${String(buckets)}`));
}

export function getPicture(id: string, rev: number, signal: AbortSignal): Promise<Picture> {
  return request(clusterPath(id, `picture/?rev=${String(rev)}`), { signal });
}

export interface PastObject {
  readonly revision: number;
  /** null when it did not exist at the revision. */
  readonly object: KubeObject | null;
  readonly deleted: boolean;
  readonly created_rev: number | null;
  readonly last_rev: number | null;
}

/** `path` as historyPath in model/kinds.ts gives it. */
export function getObjectAt(id: string, path: string, rev: number | null): Promise<PastObject> {
  return request(clusterPath(id, `object/?${query({ path, rev })}`));
}

export interface ObjectRevision {
  readonly rev: number;
  readonly at: number;
  readonly actor: string;
  /** The name of a person who did it. */
  readonly author: string | null;
  readonly cause: number | null;
  readonly change: "created" | "changed" | "deleted";
  readonly fields: readonly string[];
}

export async function listObjectHistory(id: string, path: string): Promise<readonly ObjectRevision[]> {
  const found = await request<{ revisions: readonly ObjectRevision[] }>(
    clusterPath(id, `object-history/?${query({ path, limit: 200 })}`),
  );
  return found.revisions;
}

export interface ObjectChange {
  readonly key: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly fields: readonly FieldChange[];
}

export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ObjectChange[];
  readonly truncated: boolean;
}

export function getDiff(id: string, from: number, to: number, path: string | null): Promise<Difference> {
  return request(clusterPath(id, `diff/?${query({ from, to, path })}`));
}

export interface Sides {
  /** The cluster on the left and its revision; null: now. */
  readonly left: string;
  readonly leftRev: number | null;
  readonly right: string;
  readonly rightRev: number | null;
}

export function getComparison({ left, leftRev, right, rightRev }: Sides): Promise<Comparison> {
  const asked = query({ rev: leftRev, with: right, with_rev: rightRev });
  return request(clusterPath(left, `compare/?${asked}`));
}

export function forkCluster(id: string, rev: number | null): Promise<Cluster> {
  return request(clusterPath(id, "fork/"), { method: "POST", body: rev === null ? {} : { rev } });
}

/** Values that are null are left out. */
export function query(values: Readonly<Record<string, string | number | boolean | null>>): string {
  const found = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== null) found.set(name, String(value));
  return found.toString();
}
