/** What a fault would do, as the server found out on a copy of the cluster. */

export interface WorkloadLoss {
  /** "shop/Deployment/web" */
  readonly workload: string;
  readonly lost: number;
  readonly all: number;
  readonly first_ms: number;
}

export interface ServiceLoss {
  readonly service: string;
  readonly before: number;
  /** Endpoints that no longer answer and are still in the Service. */
  readonly dead: number;
  readonly least: number;
  readonly least_ms: number;
  readonly after: number;
}

export const TURNS = ["begins", "restarted", "notReady", "unready", "evicted", "ends", "well"] as const;

export interface Turn {
  readonly what: (typeof TURNS)[number];
  readonly at_ms: number;
  readonly n: number;
}

export interface Blast {
  readonly horizon_ms: number;
  /** False: the copy was too busy to look as far as it would have to. */
  readonly is_complete: boolean;
  /** Pods on the machines that are hit. */
  readonly pods_on: number;
  readonly unready: number;
  readonly restarted: number;
  readonly workloads: readonly WorkloadLoss[];
  readonly orphans: readonly string[];
  readonly services: readonly ServiceLoss[];
  readonly rescheduled: readonly {
    readonly workload: string;
    readonly nodes: Readonly<Record<string, number>>;
  }[];
  readonly rescheduled_total: number;
  readonly pending: readonly { readonly pod: string; readonly message: string }[];
  readonly pending_total: number;
  readonly course: readonly Turn[];
}

/** What a sentence about the blast says, in its order; each has its own words. */
export type Part = "unready" | "empty" | "dead" | "restarted" | "moved" | "pending" | "orphans";

export function partsOf(blast: Blast): { readonly part: Part; readonly n: number }[] {
  const empty = blast.services.filter((each) => each.least === 0).length;
  const dead = blast.services.filter((each) => each.dead > 0).length;
  const found: [Part, number][] = [
    ["unready", blast.unready],
    ["restarted", blast.restarted],
    ["empty", empty],
    ["dead", empty > 0 ? 0 : dead],
    ["moved", blast.rescheduled_total],
    ["pending", blast.pending_total],
    ["orphans", blast.orphans.length],
  ];
  return found.filter(([, n]) => n > 0).map(([part, n]) => ({ part, n }));
}

/** "Deployment web" in "shop", out of "shop/Deployment/web". */
export function workloadOf(text: string): {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
} {
  const [namespace = "", kind = "", name = ""] = text.split("/");
  return { namespace, kind, name };
}
