/** Kubernetes Events as one list over the whole cluster. */

export interface EventRow {
  readonly rev: number;
  /** Simulated milliseconds of its last occurrence. */
  readonly at: number;
  readonly type: string;
  readonly reason: string;
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly count: number;
  readonly source: string;
}

export interface EventFilter {
  readonly words: string;
  readonly namespace: string;
  readonly onlyWarnings: boolean;
  /** Later ones are not there yet at the revision on screen; null shows all. */
  readonly until: number | null;
}

export function filterEvents(rows: readonly EventRow[], filter: EventFilter): EventRow[] {
  const words = filter.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (filter.onlyWarnings && row.type !== "Warning") return false;
    if (filter.namespace !== "" && row.namespace !== filter.namespace) return false;
    if (filter.until !== null && row.rev > filter.until) return false;
    const text = `${row.reason} ${row.kind}/${row.name} ${row.message} ${row.source}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
