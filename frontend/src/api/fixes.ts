/** Carrying out a fix that the server has proven. */

import type { Fix } from "../model/scheduling.ts";
import { clusterPath } from "./clusters.ts";
import { request } from "./http.ts";

/** The server proved it and so does it: the same change on the live cluster. */
export function takeFix(id: string, namespace: string, pod: string, fix: Fix): Promise<unknown> {
  const path = `scheduling/${encodeURIComponent(namespace)}/${encodeURIComponent(pod)}/fixes/`;
  return request(clusterPath(id, path), { method: "POST", body: { take: fix.change } });
}
