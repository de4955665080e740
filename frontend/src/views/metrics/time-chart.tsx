import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { formatClock } from "../../model/age.ts";
import { type Chart, formatValue, shortName } from "../../model/metrics.ts";
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
  readonly height?: number;
}

/** All charts of the page move their cursors together. */
const SYNC = "clusterlab";
const DRAG_PX = 4;

/** One uPlot chart. It is made anew only when its series or the theme change; new samples are put into it. */
export function TimeChart({ at, chart, label, cursor, onChoose, height = 190 }: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const theme = usePreferences((preferences) => preferences.theme);
  const latest = useRef({ at, chart, cursor, onChoose });
  useEffect(() => {
    latest.current = { at, chart, cursor, onChoose };
  });
  const names = chart.series.map((each) => each.name).join("\n");
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(
      options(latest.current.chart, height, element.clientWidth, () => latest.current.cursor),
      dataOf(latest.current.at, latest.current.chart),
      element,
    );
    plot.current = made;
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
    plot.current?.setData(dataOf(at, chart));
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

function options(chart: Chart, height: number, width: number, cursor: () => number | null): uPlot.Options {
  const palette = readPalette();
  const axis: uPlot.Axis = {
    stroke: palette.muted,
    font: `11px ${palette.font}`,
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line, width: 1 },
  };
  return {
    width,
    height,
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false } },
    scales: { x: { time: false }, y: { range: (_plot, _low, high) => [0, high > 0 ? 1.1 * high : 1] } },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => formatClock(1000 * tick)) },
      { ...axis, size: 74, values: (_plot, ticks) => ticks.map((tick) => formatValue(tick, chart.unit)) },
    ],
    series: [
      { label: "t", value: (_plot, value) => formatClock(1000 * value) },
      ...chart.series.map((each, index): uPlot.Series => {
        const name = shortName(chart, each);
        const colour = palette[BY_NAME[name] ?? STROKES[index % STROKES.length] ?? "accent"];
        return {
          label: name,
          stroke: colour,
          width: 2,
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
          markMoment(plot, cursor(), palette);
        },
      ],
    },
  };
}

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
