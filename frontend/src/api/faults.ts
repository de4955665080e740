/** Breaking things: what is broken, what a fault would do, ordering and removing it. */

import type { Blast } from "../model/blast.ts";
import type { Fault, FaultKind } from "../model/faults.ts";
import { clusterPath } from "./clusters.ts";
import { query } from "./history.ts";
import { request } from "./http.ts";

export interface FaultWish {
  readonly kind: FaultKind;
  readonly targets: readonly string[];
  /** Simulated seconds; null: until it is removed. */
  readonly duration_s: number | null;
}

export async function listFaults(id: string, rev: number | null): Promise<readonly Fault[]> {
  const found = await request<{ faults: readonly Fault[] }>(clusterPath(id, `faults/?${query({ rev })}`));
  return found.faults;
}

export async function listRegistries(id: string): Promise<readonly string[]> {
  const found = await request<{ registries: readonly string[] }>(clusterPath(id, "faults/registries/"));
  return found.registries;
}

export function previewFault(id: string, wish: FaultWish, signal: AbortSignal): Promise<Blast> {
  return request(clusterPath(id, "faults/preview/"), { method: "POST", body: wish, signal });
}

export function orderFault(id: string, wish: FaultWish): Promise<Fault> {
  return request(clusterPath(id, "faults/"), { method: "POST", body: wish });
}

export function removeFault(id: string, fault: string): Promise<null> {
  return request(clusterPath(id, `faults/${encodeURIComponent(fault)}/`), { method: "DELETE" });
}
