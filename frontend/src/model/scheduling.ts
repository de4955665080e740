/** What the scheduler did with a pod, arranged for reading. */

export interface Queue {
  readonly active: number;
  readonly backoff: number;
  readonly unschedulable: number;
  readonly gated: number;
}

export interface ReasonCount {
  readonly reason: string;
  readonly nodes: number;
}

export interface PendingPod {
  readonly namespace: string;
  readonly name: string;
  readonly since_ms: number;
  readonly attempts: number;
  readonly reason_counts: readonly ReasonCount[];
  readonly message: string;
  /** In which part of the scheduler's queue it is. */
  readonly state: keyof Queue;
  /** Events in the cluster after which it is tried again. */
  readonly retries_when: readonly string[];
}

export interface SchedulingState {
  readonly queue: Queue;
  readonly pending: readonly PendingPod[];
}

export interface Attempt {
  readonly number: number;
  readonly rev: number | null;
  readonly at: number;
  readonly result: string;
  readonly node: string;
  readonly message: string;
}

export type VerdictStatus = "pass" | "fail" | "skip";

export interface Verdict {
  readonly plugin: string;
  readonly status: VerdictStatus;
  readonly reason: string;
}

export interface Score {
  readonly plugin: string;
  readonly raw: number;
  readonly weight: number;
  readonly weighted: number;
}

export interface NodeVerdicts {
  readonly node: string;
  readonly verdicts: readonly Verdict[];
  readonly scores: readonly Score[];
  readonly total: number | null;
}

export interface Matrix {
  readonly plugins: readonly string[];
  readonly rows: readonly NodeVerdicts[];
  readonly truncated: boolean;
}

export interface Scheduling {
  readonly attempts: readonly Attempt[];
  readonly matrix: Matrix | null;
  readonly sentence: string;
}

export interface Fix {
  readonly change: string;
  readonly patch?: unknown;
  readonly node?: string;
  readonly sentence: string;
  readonly proven: boolean;
}

/** Plugins that turned a node down, in the order they ran; all of them when none did. */
export function tellingPlugins({ plugins, rows }: Matrix): readonly string[] {
  const failed = new Set(
    rows.flatMap(({ verdicts }) =>
      verdicts.filter((each) => each.status === "fail").map((each) => each.plugin),
    ),
  );
  return failed.size === 0 ? plugins : plugins.filter((plugin) => failed.has(plugin));
}

export function verdictOf(row: NodeVerdicts, plugin: string): VerdictStatus {
  return row.verdicts.find((each) => each.plugin === plugin)?.status ?? "skip";
}

/** Why a node was turned down; "" when it was not. */
export function because(row: NodeVerdicts): string {
  return row.verdicts.find((each) => each.status === "fail")?.reason ?? "";
}

/** Nodes that fit first, the best score on top; then those that came furthest. */
export function inOrderOfPromise({ plugins, rows }: Matrix): NodeVerdicts[] {
  const reached = (row: NodeVerdicts): number => {
    const failed = row.verdicts.find((each) => each.status === "fail");
    return failed === undefined ? plugins.length : plugins.indexOf(failed.plugin);
  };
  return rows.toSorted(
    (a, b) => reached(b) - reached(a) || (b.total ?? 0) - (a.total ?? 0) || (a.node < b.node ? -1 : 1),
  );
}

/** The reasons of a matrix with how many nodes each turned down, most first. */
export function groupReasons({ rows }: Matrix): ReasonCount[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const reason = because(row);
    if (reason !== "") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .map(([reason, nodes]) => ({ reason, nodes }))
    .sort((a, b) => b.nodes - a.nodes || (a.reason < b.reason ? -1 : 1));
}

/** Plugins that gave a score, and the highest weighted score of any: what a full bar means. */
export function scoreScale(rows: readonly NodeVerdicts[]): {
  readonly plugins: readonly { readonly plugin: string; readonly weight: number }[];
  readonly most: number;
  readonly total: number;
} {
  const plugins = new Map<string, number>();
  let most = 1;
  let total = 1;
  for (const row of rows) {
    for (const { plugin, weight, weighted } of row.scores) {
      plugins.set(plugin, weight);
      most = Math.max(most, weighted);
    }
    total = Math.max(total, row.total ?? 0);
  }
  return { plugins: [...plugins].map(([plugin, weight]) => ({ plugin, weight })), most, total };
}
