/** Requests to the simulated API server, stage by stage. */

export interface Stage {
  readonly name: string;
  readonly verdict: string;
  /** Microseconds. */
  readonly us: number;
  readonly detail: string;
}

export interface ApiRequest {
  readonly n: number;
  readonly at: number;
  readonly rev: number | null;
  readonly user: string;
  readonly verb: string;
  readonly path: string;
  readonly code: number;
  readonly ms: number;
  readonly stages: readonly Stage[];
}

/** An object that a request wrote. */
export interface Written {
  /** Where the store keeps it. */
  readonly key: string;
  /** 0 before its first revision. */
  readonly before_rev: number;
  readonly rev: number;
  /** This person's role does not read it. */
  readonly hidden: boolean;
  readonly before: unknown;
  readonly after: unknown;
}

export interface RequestDetail extends ApiRequest {
  /** Why it was refused; "" when it was not. */
  readonly message: string;
  readonly objects: readonly Written[];
  /** Its body; "" without one, and for those who may not read it. */
  readonly sent: string;
}

export interface PlacedStage extends Stage {
  /** Share of the whole request, where the stage begins and how long it takes. */
  readonly start: number;
  readonly length: number;
}

export function placeStages(stages: readonly Stage[]): PlacedStage[] {
  const whole = stages.reduce((sum, stage) => sum + stage.us, 0) || 1;
  let start = 0;
  return stages.map((stage) => {
    const length = stage.us / whole;
    const placed = { ...stage, start, length };
    start += length;
    return placed;
  });
}

export function formatMicros(us: number): string {
  return us < 1000 ? `${String(Math.round(us))} µs` : `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)} ms`;
}

export function filterRequests(rows: readonly ApiRequest[], words: string): ApiRequest[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    const text = `${row.verb} ${row.path} ${row.user} ${String(row.code)}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
