import { useEffect, useRef, useState } from "react";
import { useT } from "../../i18n/index.ts";
import { type Column, formatGap, type Step, type Swimlanes } from "../../model/trace.ts";
import styles from "./trace-view.module.css";

const LANE_HEIGHT = 46;
const HEAD = 30;
const NAME_WIDTH = 168;
/** Room per step at least; what the window has more is shared out. */
const LEAST_STEP = 104;
const WIDEST_STEP = 190;
const DOT = 5;
const LETTER_PX = 6.3;

interface LanesProps {
  readonly lanes: Swimlanes;
  /** The column that the keys are at. */
  readonly at: number;
  readonly onChoose: (column: number) => void;
  readonly onOpen: (step: Step) => void;
}

/** Swimlanes as SVG; every step is a button. */
export function Lanes({ lanes, at, onChoose, onOpen }: LanesProps) {
  const t = useT();
  const frame = useRef<SVGSVGElement>(null);
  const room = useRoom(frame);
  const step = Math.min(WIDEST_STEP, Math.max(LEAST_STEP, (room - NAME_WIDTH - 40) / lanes.columns.length));
  const left = (index: number): number => NAME_WIDTH + (index + 0.5) * step;
  const width = Math.max(room, NAME_WIDTH + lanes.columns.length * step + 40);
  const height = HEAD + lanes.lanes.length * LANE_HEIGHT;
  return (
    <svg
      ref={frame}
      className={styles.lanes}
      width={width}
      height={height}
      role="group"
      aria-label={t("trace.lanes")}
    >
      {lanes.lanes.map((lane, index) => (
        <g key={lane}>
          <rect
            className={index % 2 === 0 ? styles.even : styles.odd}
            y={HEAD + index * LANE_HEIGHT}
            width={width}
            height={LANE_HEIGHT}
          />
          <text className={styles.lane} x={6} y={HEAD + (index + 0.5) * LANE_HEIGHT + 4}>
            {lane}
          </text>
        </g>
      ))}
      {lanes.columns.map((column, index) => (
        <Grid key={column.step.rev} column={column} x={left(index)} height={height} />
      ))}
      {lanes.columns.map((column, index) =>
        column.cause === null ? null : (
          <Arrow key={column.step.rev} lanes={lanes} to={index} from={column.cause} left={left} />
        ),
      )}
      {lanes.columns.map((column, index) => (
        <Dot
          key={column.step.rev}
          column={column}
          index={index}
          x={left(index)}
          letters={Math.floor((step * roomFor(lanes, index)) / LETTER_PX)}
          isAbove={isAbove(lanes, index)}
          isHere={index === at}
          onChoose={onChoose}
          onOpen={onOpen}
        />
      ))}
    </svg>
  );
}

function Grid({ column, x, height }: { column: Column; x: number; height: number }) {
  return (
    <>
      <line className={styles.tick} x1={x} x2={x} y1={HEAD} y2={height} />
      <text className={column.isLong ? styles.longGap : styles.gap} x={x} y={19}>
        {formatGap(column.gap)}
      </text>
    </>
  );
}

interface ArrowProps {
  readonly lanes: Swimlanes;
  readonly from: number;
  readonly to: number;
  readonly left: (column: number) => number;
}

function Arrow({ lanes, from, to, left }: ArrowProps) {
  const start = lanes.columns[from];
  const end = lanes.columns[to];
  if (start === undefined || end === undefined) return null;
  const [x1, y1, x2, y2] = [left(from) + DOT, top(start), left(to) - DOT - 7, top(end)];
  const bend = Math.min(60, (x2 - x1) / 2);
  const path = `M${String(x1)} ${String(y1)}C${String(x1 + bend)} ${String(y1)} ${String(x2 - bend)} ${String(y2)} ${String(x2)} ${String(y2)}`;
  const isCritical = start.isCritical && end.isCritical;
  return (
    <g className={isCritical ? styles.critical : styles.arrow}>
      <path d={path} fill="none" />
      <path className={styles.head} d={`M${String(x2)} ${String(y2 - 4)}l7 4l-7 4z`} />
    </g>
  );
}

interface DotProps {
  readonly column: Column;
  readonly index: number;
  readonly x: number;
  /** How many letters have room below it. */
  readonly letters: number;
  /** Its words stand over it: those of its neighbour in the lane stand below. */
  readonly isAbove: boolean;
  readonly isHere: boolean;
  readonly onChoose: (column: number) => void;
  readonly onOpen: (step: Step) => void;
}

function Dot({ column, index, x, letters, isAbove, isHere, onChoose, onOpen }: DotProps) {
  const { step, isCritical } = column;
  const repeats = step.count > 1 ? ` ×${String(step.count)}` : "";
  const room = Math.max(4, letters - repeats.length);
  const words = step.summary.length > room ? `${step.summary.slice(0, room - 1)}…` : step.summary;
  return (
    <g
      className={styles.step}
      role="button"
      tabIndex={isHere ? 0 : -1}
      aria-pressed={isHere}
      aria-label={`${words}${repeats}, ${step.lane}, rev ${String(step.rev)}`}
      data-testid="trace-step"
      data-rev={step.rev}
      data-here={isHere}
      data-critical={isCritical}
      onClick={() => {
        onChoose(index);
      }}
      onDoubleClick={() => {
        onOpen(step);
      }}
    >
      <title>{`${step.summary}${repeats} · rev ${String(step.rev)}`}</title>
      <circle cx={x} cy={top(column)} r={isHere ? DOT + 3 : DOT} />
      <text x={x} y={top(column) + (isAbove ? -10 : 18)}>
        {words}
        {repeats}
      </text>
    </g>
  );
}

/** Steps of one lane that follow each other write above and below in turn. */
function isAbove({ columns }: Swimlanes, index: number): boolean {
  let run = 0;
  while (index - run > 0 && columns[index - run - 1]?.lane === columns[index]?.lane) run += 1;
  return run % 2 === 1;
}

/** In steps: words spread over the neighbouring columns, unless those have words on the same line. */
function roomFor(lanes: Swimlanes, index: number): number {
  const lane = lanes.columns[index]?.lane;
  const isFree = (at: number): boolean =>
    lanes.columns[at]?.lane !== lane || isAbove(lanes, at) !== isAbove(lanes, index);
  return isFree(index - 2) && isFree(index + 2) ? 2.6 : 1.9;
}

/** The width that the parent has for the picture. */
function useRoom(frame: React.RefObject<SVGSVGElement | null>): number {
  const [room, setRoom] = useState(0);
  useEffect(() => {
    const parent = frame.current?.parentElement;
    if (!parent) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom(entry.contentRect.width);
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
    };
  }, [frame]);
  return room;
}

/** Dots stand a little above the middle of their lane: their words are below them. */
function top(column: Column): number {
  return HEAD + (column.lane + 0.5) * LANE_HEIGHT - 6;
}
