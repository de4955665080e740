/** A read-only look at the live model, for browser tests and the console: `window.__clusterlab`. */

import type { Connection } from "./connection.ts";
import { STATUS_SLUGS, statusOf } from "./status.ts";

export interface InspectablePod {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly status: string;
  readonly reason: string;
  readonly ready: string;
  readonly restarts: number;
}

export interface Inspectable {
  /** The revision on screen; null before the first snapshot. */
  rev(): number | null;
  /** Pods per status: {running: 3, pending: 0, …}. */
  counts(): Record<string, number>;
  /** All pods, by namespace and name. */
  pods(): InspectablePod[];
  /** "connecting", "live", "waiting" or "ended". */
  link(): string;
}

export function inspectable(connection: Connection): Inspectable {
  return {
    rev: () => connection.session.cluster.rev,
    link: () => connection.link.phase,
    counts: () => {
      const { counts } = connection.session.cluster.pods;
      return Object.fromEntries(STATUS_SLUGS.map((slug, code) => [slug, counts[code] ?? 0]));
    },
    pods: () => {
      const { pods, strings } = connection.session.cluster;
      const rows = [...pods.slots].map(([uid, slot]) => ({
        uid,
        namespace: strings.at(pods.namespace[slot] ?? 0),
        name: pods.name[slot] ?? "",
        node: strings.at(pods.node[slot] ?? 0),
        status: statusOf(pods.status[slot] ?? 0).slug,
        reason: strings.at(pods.reason[slot] ?? 0),
        ready: strings.at(pods.ready[slot] ?? 0),
        restarts: pods.restarts[slot] ?? 0,
      }));
      return rows.sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
    },
  };
}

declare global {
  // Seen by the console and by browser tests while a cluster is open.
  var __clusterlab: Inspectable | undefined;
}
