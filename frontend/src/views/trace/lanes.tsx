import { useT } from "../../i18n/index.ts";
import { type Column, formatGap, type Step, type Swimlanes } from "../../model/trace.ts";
import styles from "./trace-view.module.css";

const LANE_HEIGHT = 46;
const HEAD = 30;
const NAME_WIDTH = 168;
/** Room per step: wide enough for its words to stay apart from those two columns on. */
const STEP_WIDTH = 104;
const DOT = 5;
const LETTERS = 28;

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
  const width = NAME_WIDTH + lanes.columns.length * STEP_WIDTH + 40;
  const height = HEAD + lanes.lanes.length * LANE_HEIGHT;
  return (
    <svg className={styles.lanes} width={width} height={height} role="group" aria-label={t("trace.lanes")}>
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
        <Grid key={column.step.rev} column={column} index={index} height={height} />
      ))}
      {lanes.columns.map((column, index) =>
        column.cause === null ? null : (
          <Arrow key={column.step.rev} lanes={lanes} to={index} from={column.cause} />
        ),
      )}
      {lanes.columns.map((column, index) => (
        <Dot
          key={column.step.rev}
          column={column}
          index={index}
          isHere={index === at}
          onChoose={onChoose}
          onOpen={onOpen}
        />
      ))}
    </svg>
  );
}

function Grid({ column, index, height }: { column: Column; index: number; height: number }) {
  const x = left(index);
  return (
    <>
      <line className={styles.tick} x1={x} x2={x} y1={HEAD} y2={height} />
      <text className={column.isLong ? styles.longGap : styles.gap} x={x} y={19}>
        {formatGap(column.gap)}
      </text>
    </>
  );
}

function Arrow({ lanes, from, to }: { lanes: Swimlanes; from: number; to: number }) {
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
  readonly isHere: boolean;
  readonly onChoose: (column: number) => void;
  readonly onOpen: (step: Step) => void;
}

function Dot({ column, index, isHere, onChoose, onOpen }: DotProps) {
  const { step, isCritical } = column;
  const repeats = step.count > 1 ? ` ×${String(step.count)}` : "";
  const words = step.summary.length > LETTERS ? `${step.summary.slice(0, LETTERS - 1)}…` : step.summary;
  return (
    <g
      className={styles.step}
      role="button"
      tabIndex={isHere ? 0 : -1}
      aria-pressed={isHere}
      aria-label={`${step.lane}: ${step.summary}${repeats}, rev ${String(step.rev)}`}
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
      <circle cx={left(index)} cy={top(column)} r={isHere ? DOT + 3 : DOT} />
      <text x={left(index)} y={top(column) + 18}>
        {words}
        {repeats}
      </text>
    </g>
  );
}

function left(index: number): number {
  return NAME_WIDTH + (index + 0.5) * STEP_WIDTH;
}

/** Dots stand a little above the middle of their lane: their words are below them. */
function top(column: Column): number {
  return HEAD + (column.lane + 0.5) * LANE_HEIGHT - 6;
}
