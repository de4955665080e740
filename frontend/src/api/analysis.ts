/** Requests about causes: traces, reasons, scheduling, events, logs, API requests, metrics, services. */

import type { ApiRequest, RequestDetail } from "../model/requests.ts";
import { type Answer, type Question, queryOf } from "../model/may.ts";
import type { MetricsAnswer } from "../model/metrics.ts";
import type { NetService } from "../model/net.ts";
import type { EventRow } from "../model/eventlist.ts";
import type { LogLine } from "../model/logs.ts";
import type { Fix, Scheduling, SchedulingState } from "../model/scheduling.ts";
import type { Trace } from "../model/trace.ts";
import type { Walk } from "../model/walk.ts";
import { clusterPath } from "./clusters.ts";
import { query } from "./history.ts";
import { request } from "./http.ts";

export function getTrace(id: string, rev: number): Promise<Trace> {
  return request(clusterPath(id, `trace/?rev=${String(rev)}`));
}

export interface Proof {
  readonly rev: number;
  readonly text: string;
}

export interface Reason {
  readonly sentence: string;
  readonly proofs: readonly Proof[];
}

export interface Why extends Reason {
  readonly state: "ok" | "wait" | "bad";
  /** Why the object exists. */
  readonly exists: Reason | null;
  /** Why it is where it is; null when it is nowhere. */
  readonly here: Reason | null;
}

export function getWhy(id: string, path: string, rev: number | null): Promise<Why> {
  return request(clusterPath(id, `why/?${query({ path, rev })}`));
}

export function getScheduling(id: string): Promise<SchedulingState> {
  return request(clusterPath(id, "scheduling/"));
}

export function getPodScheduling(
  id: string,
  namespace: string,
  pod: string,
  attempt: number | null,
): Promise<Scheduling> {
  return request(`${schedulingPath(id, namespace, pod)}?${query({ attempt })}`);
}

export async function findFixes(id: string, namespace: string, pod: string): Promise<readonly Fix[]> {
  const path = `${schedulingPath(id, namespace, pod)}fixes/`;
  return (await request<{ fixes: readonly Fix[] }>(path, { method: "POST", body: {} })).fixes;
}

function schedulingPath(id: string, namespace: string, pod: string): string {
  return clusterPath(id, `scheduling/${encodeURIComponent(namespace)}/${encodeURIComponent(pod)}/`);
}

export async function listEvents(id: string, words: string): Promise<readonly EventRow[]> {
  const path = clusterPath(id, `events/?${query({ limit: 500, q: words === "" ? null : words })}`);
  return (await request<{ events: readonly EventRow[] }>(path)).events;
}

export interface LogQuery {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
  /** Where the last answer ended; null asks for the newest lines. */
  readonly from: number | null;
}

export interface LogAnswer {
  readonly lines: readonly LogLine[];
  readonly next: number;
}

export function readLogs(id: string, wanted: LogQuery, signal: AbortSignal): Promise<LogAnswer> {
  const { namespace, pod, container, previous, from } = wanted;
  const options = query({
    container: container === "" ? null : container,
    previous: previous ? "true" : null,
    tail: from === null ? 500 : null,
    follow_from: from,
  });
  const path = `logs/${encodeURIComponent(namespace)}/${encodeURIComponent(pod)}/?${options}`;
  return request(clusterPath(id, path), { signal });
}

export function listRequests(id: string): Promise<readonly ApiRequest[]> {
  return request(clusterPath(id, "requests/"));
}

export function getRequest(id: string, number: number): Promise<RequestDetail> {
  return request(clusterPath(id, `requests/${String(number)}/`));
}

export function askMay(id: string, question: Question): Promise<Answer> {
  return request(clusterPath(id, `auth/why/?${query(queryOf(question))}`));
}

/** Whom one may want to ask about. */
export async function listSubjects(id: string): Promise<readonly string[]> {
  return (await request<{ subjects: readonly string[] }>(clusterPath(id, "auth/subjects/"))).subjects;
}

export interface MetricsQuestion {
  /** Simulated seconds. */
  readonly window: number;
  /** Simulated milliseconds; null: up to now. */
  readonly until: number | null;
  /** One object, as historyPath in model/kinds.ts names it; null: the whole cluster. */
  readonly path: string | null;
}

export function getMetrics(id: string, { window, until, path }: MetricsQuestion): Promise<MetricsAnswer> {
  return request(clusterPath(id, `metrics/?${query({ window, until, path })}`));
}

/** `from` and `to` as model/walk.ts writes them. */
export function walkPacket(id: string, from: string, to: string): Promise<Walk> {
  return request(clusterPath(id, `net/walk/?${query({ from, to })}`));
}

export async function listServices(id: string, rev: number | null): Promise<readonly NetService[]> {
  const path = clusterPath(id, `net/?${query({ rev })}`);
  return (await request<{ services: readonly NetService[] }>(path)).services;
}
