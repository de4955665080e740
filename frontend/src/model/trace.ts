/** A causal chain as swimlanes: a column per step in the order of revisions, a lane per component. */

export interface Step {
  readonly rev: number;
  /** The revision that caused it; null for a beginning. */
  readonly cause: number | null;
  /** Simulated milliseconds. */
  readonly at: number;
  readonly lane: string;
  readonly actor: string;
  /** The name of a person who did it. */
  readonly author?: string | null;
  readonly verb: "created" | "changed" | "deleted";
  readonly key: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly summary: string;
  /** How many like it are folded into this one; 1 for a step that stands for itself. */
  readonly count: number;
  readonly revs: readonly number[];
}

export interface Trace {
  readonly root: number;
  readonly steps: readonly Step[];
  readonly truncated: boolean;
  /** Revisions of the steps that decided how long it took. */
  readonly critical: readonly number[];
}

export interface Column {
  readonly step: Step;
  readonly lane: number;
  /** Index of the column that caused it; null for a beginning, or when the cause is not part of the trace. */
  readonly cause: number | null;
  /** Milliseconds since the column before. */
  readonly gap: number;
  readonly isLong: boolean;
  readonly isCritical: boolean;
}

export interface Swimlanes {
  readonly lanes: readonly string[];
  readonly columns: readonly Column[];
  readonly elapsed: number;
  /** The longest gap on the critical path: what it waited for, and its share of the whole. */
  readonly longest: { readonly column: number; readonly gap: number; readonly share: number } | null;
}

const FIRST_LANES = ["kubectl", "apiserver", "kube-apiserver", "etcd"];
const LAST_LANES = [
  "scheduler",
  "kube-scheduler",
  "kubelet",
  "runtime",
  "endpointslice-controller",
  "kube-proxy",
];
/** A gap is long when it is at least this, and a tenth of everything. */
const LONG_MS = 500;

export function layOut({ steps, critical }: Trace): Swimlanes {
  const ordered = steps.toSorted((a, b) => a.at - b.at || a.rev - b.rev);
  const lanes = laneOrder(ordered);
  const home = new Map<number, number>();
  ordered.forEach((step, index) => {
    for (const rev of [step.rev, ...step.revs]) home.set(rev, index);
  });
  const onPath = new Set(critical);
  const elapsed = (ordered.at(-1)?.at ?? 0) - (ordered[0]?.at ?? 0);
  const columns = ordered.map((step, index): Column => {
    const gap = index === 0 ? 0 : step.at - (ordered[index - 1]?.at ?? step.at);
    const cause = step.cause === null ? undefined : home.get(step.cause);
    return {
      step,
      lane: lanes.indexOf(step.lane),
      cause: cause === undefined || cause === index ? null : cause,
      gap,
      isLong: gap >= LONG_MS && gap >= elapsed / 10,
      isCritical: onPath.has(step.rev) || step.revs.some((rev) => onPath.has(rev)),
    };
  });
  return { lanes, columns, elapsed, longest: longestWait(columns, elapsed) };
}

/** Known lanes where the control plane's picture has them; controllers between, in the order of appearance. */
function laneOrder(steps: readonly Step[]): string[] {
  const seen = [...new Set(steps.map((step) => step.lane))];
  const rank = (lane: string): number => {
    const first = FIRST_LANES.indexOf(lane);
    if (first >= 0) return first;
    const last = LAST_LANES.findIndex((each) => lane === each || lane.startsWith(`${each} `));
    return last < 0 ? FIRST_LANES.length : FIRST_LANES.length + 1 + last;
  };
  return seen.sort((a, b) => rank(a) - rank(b));
}

function longestWait(columns: readonly Column[], elapsed: number): Swimlanes["longest"] {
  let longest: Swimlanes["longest"] = null;
  columns.forEach(({ step, cause, isCritical }, column) => {
    if (!isCritical || cause === null || elapsed === 0) return;
    const gap = step.at - (columns[cause]?.step.at ?? step.at);
    if (gap > (longest?.gap ?? 0)) longest = { column, gap, share: gap / elapsed };
  });
  return longest;
}

export type Walk = "cause" | "effect" | "before" | "after";

/** The column one walk away; the same one when there is none. The critical effect comes before others. */
export function walk({ columns }: Swimlanes, from: number, where: Walk): number {
  const clamp = (index: number): number => Math.min(columns.length - 1, Math.max(0, index));
  if (where === "before") return clamp(from - 1);
  if (where === "after") return clamp(from + 1);
  if (where === "cause") return columns[from]?.cause ?? from;
  const effects = columns.flatMap((column, index) => (column.cause === from ? [index] : []));
  return effects.find((index) => columns[index]?.isCritical) ?? effects[0] ?? from;
}

/** "+14 ms", "+1.4 s", "+2m05s" */
export function formatGap(milliseconds: number): string {
  if (milliseconds < 1000) return `+${String(Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `+${trimmed(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `+${String(Math.floor(seconds / 60))}m${String(seconds % 60).padStart(2, "0")}s`;
}

function trimmed(seconds: number): string {
  return seconds < 10 ? seconds.toFixed(2).replace(/\.?0+$/, "") : seconds.toFixed(1);
}
