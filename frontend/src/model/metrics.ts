/** Measured series over simulated time, grouped into charts by what they measure. */

export interface Series {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
}

export interface MetricsAnswer {
  /** Simulated milliseconds. */
  readonly at: readonly number[];
  readonly series: readonly Series[];
}

export interface Chart {
  /** The first word of its series' names: cpu, memory, pods. */
  readonly subject: string;
  readonly unit: string;
  readonly series: readonly Series[];
}

/** A moment of the past is shown with what came before and after it, as far as there is any. */
export function windowEnd(then: number | null, now: number, windowMs: number): number | null {
  if (then === null || now - then <= windowMs / 2) return null;
  return Math.round(then + windowMs / 2);
}

/** The number of the last sample at or before a moment; null: of the last one. */
export function sampleAt(at: readonly number[], moment: number | null): number {
  const found = moment === null ? at.length - 1 : at.findLastIndex((each) => each <= moment);
  return Math.max(0, found);
}

/** Series of one subject and unit share a chart; the order of the answer is kept. */
export function toCharts({ series }: MetricsAnswer): Chart[] {
  const charts = new Map<string, Chart>();
  for (const each of series) {
    const subject = each.name.split(" ", 1)[0] ?? each.name;
    const key = `${subject} ${each.unit}`;
    const chart = charts.get(key) ?? { subject, unit: each.unit, series: [] };
    charts.set(key, { ...chart, series: [...chart.series, each] });
  }
  return [...charts.values()];
}

/** "cpu requested" on the chart of cpu is "requested". */
export function shortName(chart: Chart, series: Series): string {
  const rest = series.name.slice(chart.subject.length).trim();
  return rest === "" ? series.name : rest;
}

export function formatValue(value: number, unit: string): string {
  if (unit === "bytes") {
    const steps = ["B", "KiB", "MiB", "GiB", "TiB"];
    const step = value < 1 ? 0 : Math.min(steps.length - 1, Math.floor(Math.log2(value) / 10));
    return `${trimmed(value / 2 ** (10 * step))} ${steps[step] ?? ""}`;
  }
  return trimmed(value);
}

function trimmed(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
}
