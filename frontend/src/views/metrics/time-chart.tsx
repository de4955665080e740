import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatClock } from "../../model/age.ts";
import { type Chart, formatValue, sampleAt, shortName } from "../../model/metrics.ts";
import { usePreferences } from "../../ui/preferences.ts";
import { readPalette, type Palette } from "../map/palette.ts";
import styles from "./metrics.module.css";

interface TimeChartProps {
  /** Simulated milliseconds. */
  readonly at: readonly number[];
  readonly chart: Chart;
  readonly label: string;
  /** A moment that is marked: the past one on screen. */
  readonly cursor: number | null;
  readonly onChoose: (at: number) => void;
  /** What a series is called. */
  readonly nameOf: (name: string) => string;
  readonly height?: number;
}

/** All charts of the page move their cursors together. */
const SYNC = "clusterlab";
const DRAG_PX = 4;

/** One uPlot chart. It is made anew only when its series or the theme change; new samples are put into it. */
export function TimeChart({ at, chart, label, cursor, onChoose, nameOf, height = 170 }: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const theme = usePreferences((preferences) => preferences.theme);
  const latest = useRef({ at, chart, cursor, nameOf });
  useEffect(() => {
    latest.current = { at, chart, cursor, nameOf };
  });
  const names = chart.series.map((each) => nameOf(each.name)).join("\n");
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(
      options(
        latest.current.chart,
        latest.current.nameOf,
        { width: element.clientWidth, height },
        () => latest.current,
      ),
      dataOf(latest.current.at, latest.current.chart),
      element,
    );
    plot.current = made;
    rest(made, latest.current.at, latest.current.cursor);
    const resize = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height });
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, theme, height]);
  useEffect(() => {
    const made = plot.current;
    if (made === null) return;
    made.setData(dataOf(at, chart));
    if (made.cursor.idx === null || made.cursor.idx === undefined) rest(made, at, cursor);
  }, [at, chart, cursor]);
  const pressedAt = useRef(0);
  return (
    <div
      ref={host}
      className={styles.plot}
      role="img"
      aria-label={`${label}: ${summary(chart)}`}
      onPointerDown={(event) => {
        pressedAt.current = event.clientX;
      }}
      onClick={(event) => {
        const chosen = plot.current?.cursor.idx;
        const time = chosen === null || chosen === undefined ? undefined : at[chosen];
        if (time !== undefined && Math.abs(event.clientX - pressedAt.current) < DRAG_PX) onChoose(time);
      }}
    />
  );
}

function summary(chart: Chart): string {
  return chart.series
    .map((each) => `${shortName(chart, each)} ${formatValue(each.values.at(-1) ?? 0, chart.unit)}`)
    .join(", ");
}

function dataOf(at: readonly number[], chart: Chart): uPlot.AlignedData {
  return [at.map((each) => each / 1000), ...chart.series.map((each) => [...each.values])];
}

const STROKES = ["accent", "line-strong", "ok", "wait", "progress", "bad"] as const;
const BY_NAME: Readonly<Record<string, (typeof STROKES)[number]>> = {
  requested: "wait",
  allocatable: "line-strong",
  used: "ok",
  running: "ok",
  pending: "wait",
  failed: "bad",
  failing: "bad",
};

function options(
  chart: Chart,
  nameOf: (name: string) => string,
  size: { width: number; height: number },
  now: () => { readonly at: readonly number[]; readonly cursor: number | null },
): uPlot.Options {
  const palette = readPalette();
  const axis: uPlot.Axis = {
    stroke: palette.muted,
    font: `11px ${palette.font}`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line, width: 1 },
  };
  return {
    ...size,
    padding: [12, 12, 0, 0],
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, high > 0 ? 1.1 * high : 1] } },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => formatClock(1000 * tick)) },
      {
        ...axis,
        size: chart.unit === "bytes" ? 64 : 44,
        incrs: incrementsOf(chart),
        values: (_plot, ticks) => ticks.map((tick) => formatValue(tick, chart.unit)),
      },
    ],
    series: [
      { label: "t", value: (_plot, value) => formatClock(1000 * value) },
      ...chart.series.map((each, index): uPlot.Series => {
        const name = shortName(chart, each);
        const colour = palette[BY_NAME[name] ?? STROKES[index % STROKES.length] ?? "accent"];
        return {
          label: nameOf(name),
          stroke: colour,
          width: 2,
          ...(name === "used" || STEPS === undefined ? {} : { paths: STEPS }),
          ...(name === "allocatable" ? { dash: [6, 4] } : {}),
          ...(name === "used" ? { fill: `color-mix(in srgb, ${colour} 18%, transparent)` } : {}),
          points: { show: false },
          value: (_plot, value: number | null) => (value === null ? "–" : formatValue(value, chart.unit)),
        };
      }),
    ],
    hooks: {
      draw: [
        (plot) => {
          markMoment(plot, now().cursor, palette);
        },
      ],
      setCursor: [
        (plot) => {
          if (plot.cursor.idx === null || plot.cursor.idx === undefined) rest(plot, now().at, now().cursor);
        },
      ],
    },
  };
}

/** While nobody points at a moment, the legend tells of the one on screen. */
function rest(plot: uPlot, at: readonly number[], cursor: number | null): void {
  plot.setLegend({ idx: sampleAt(at, cursor) }, false);
}

/** Sums hold until they change; use goes up and down all the time. */
const STEPS = uPlot.paths.stepped?.({ align: 1 });

function markMoment(plot: uPlot, at: number | null, palette: Palette): void {
  if (at === null) return;
  const x = plot.valToPos(at / 1000, "x", true);
  const { ctx, bbox } = plot;
  if (x < bbox.left || x > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = palette["wait-text"];
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}

/** Steps of the axis: round numbers in the unit's own system. */
function incrementsOf({ unit }: Chart): number[] {
  const steps = unit === "bytes" ? [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] : [1, 2, 5];
  const scales =
    unit === "bytes"
      ? [0, 10, 20, 30, 40].map((each) => 2 ** each)
      : [0, 1, 2, 3, 4].map((each) => 10 ** each);
  const whole = scales.flatMap((scale) => steps.map((step) => step * scale));
  return unit === "cores" ? [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, ...whole] : whole;
}
