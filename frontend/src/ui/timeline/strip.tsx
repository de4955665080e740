import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { type Translate, useLanguage, useT } from "../../i18n/index.ts";
import { formatAge, formatClock } from "../../model/age.ts";
import { pausesOf } from "../../model/folding.ts";
import {
  badPath,
  barPath,
  bars,
  type Marker,
  type MarkerKind,
  placeMarkers,
  positionOf,
  revisionAt,
  timeAt,
  type Timeline,
} from "../../model/timeline.ts";
import styles from "./timeline.module.css";
import type { Travel } from "./use-travel.ts";

const HEIGHT = 30;
/** A drag asks for at most one revision in this time; every one is a request. */
const SCRUB_MS = 60;
const LETTER_PX = 6.6;
const SIGN_PX = 18;
const GAP_PX = 8;
const LONGEST_LABEL = 34;
/** Room that a pause's word keeps free around it. */
const PAUSE_PX = 90;

const SIGNS: Readonly<Record<MarkerKind, string>> = {
  apply: "▲",
  scale: "▲",
  fault: "✕",
  failure: "✕",
  leader: "★",
  pace: "◆",
  delete: "▼",
};

interface StripProps {
  readonly timeline: Timeline;
  readonly travel: Travel;
}

/** The slider over all kept revisions: how much changed when, and what happened. */
export function Strip({ timeline, travel }: StripProps) {
  const strip = useRef<HTMLDivElement>(null);
  const width = useWidth(strip);
  const [pointer, setPointer] = useState<number | null>(null);
  const position = travel.rev === null ? 1 : positionOf(timeline, travel.rev);
  const shareAt = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const scrub = useThrottled((share: number) => {
    travel.goTo(share >= 0.998 ? null : revisionAt(timeline, share));
  }, SCRUB_MS);
  return (
    <div ref={strip} className={styles.strip}>
      <Markers timeline={timeline} width={width} travel={travel} />
      <div
        className={styles.track}
        data-testid="timeline-slider"
        {...sliderProps(timeline, travel)}
        aria-label={useT()("time.slider")}
        aria-valuetext={useValueText(timeline, travel.rev)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          scrub(shareAt(event));
        }}
        onPointerMove={(event) => {
          setPointer(shareAt(event));
          if (event.currentTarget.hasPointerCapture(event.pointerId)) scrub(shareAt(event));
        }}
        onPointerLeave={() => {
          setPointer(null);
        }}
      >
        <Bars timeline={timeline} position={position} />
        <span className={styles.cursor} data-live={travel.rev === null} style={{ left: percent(position) }} />
        {pointer !== null && <Reading timeline={timeline} position={pointer} />}
      </div>
      <Ends timeline={timeline} width={width} />
    </div>
  );
}

/** What makes the track a slider for keyboards and screen readers. */
function sliderProps(timeline: Timeline, travel: Travel) {
  const page = Math.max(1, Math.round((timeline.rev - timeline.kept_from) / 20));
  const now = travel.rev ?? timeline.rev;
  const moves: Readonly<Record<string, number | null>> = {
    ArrowLeft: now - 1,
    ArrowDown: now - 1,
    ArrowRight: now + 1,
    ArrowUp: now + 1,
    PageDown: now - page,
    PageUp: now + page,
    Home: timeline.kept_from,
    End: null,
  };
  return {
    role: "slider",
    tabIndex: 0,
    "aria-valuemin": timeline.kept_from,
    "aria-valuemax": timeline.rev,
    "aria-valuenow": now,
    onKeyDown: (event: KeyboardEvent) => {
      const rev = moves[event.key];
      if (rev === undefined) return;
      event.preventDefault();
      travel.goTo(rev);
    },
  };
}

function useValueText(timeline: Timeline, rev: number | null): string {
  const t = useT();
  if (rev === null) return t("time.sliderLive", { rev: timeline.rev });
  return t("time.sliderText", { rev, time: formatClock(timeAt(timeline, rev)) });
}

function Bars({ timeline, position }: { timeline: Timeline; position: number }) {
  const all = useMemo(() => bars(timeline), [timeline]);
  const split = Math.round(position * all.length);
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${String(Math.max(1, all.length))} ${String(HEIGHT)}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className={styles.done} d={barPath(all, 0, split, HEIGHT)} />
      <path className={styles.ahead} d={barPath(all, split, all.length, HEIGHT)} />
      <path className={styles.bad} d={badPath(all, HEIGHT)} />
    </svg>
  );
}

function Markers({ timeline, width, travel }: StripProps & { readonly width: number }) {
  const t = useT();
  const placed = useMemo(
    () =>
      placeMarkers(timeline, {
        width,
        sign: SIGN_PX,
        gap: GAP_PX,
        words: (marker) => SIGN_PX + words(marker).length * LETTER_PX,
      }),
    [timeline, width],
  );
  return (
    <ul className={styles.markers}>
      {placed.map(({ marker, together, position, isLabelled, isFlipped }) => {
        const { rev, kind, text } = marker;
        const told = together.map((each) => telling(each, t));
        const shown = [together.length > 1 && String(together.length), isLabelled && words(marker)];
        return (
          <li
            key={`${String(rev)} ${kind} ${text}`}
            style={{ left: percent(position) }}
            data-flipped={isFlipped}
          >
            <button
              type="button"
              className={styles.marker}
              data-kind={kind}
              data-testid="timeline-marker"
              data-rev={rev}
              data-count={together.length}
              aria-label={[shown.filter(Boolean).join(" "), ...told].filter(Boolean).join("; ")}
              title={told.join("\n")}
              onClick={() => {
                travel.goTo(rev, { replace: false });
              }}
            >
              <span aria-hidden="true">
                {SIGNS[kind]}
                {together.length > 1 && <small>{together.length}</small>} {isLabelled && words(marker)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function telling({ rev, text, author }: Marker, t: Translate): string {
  const by = author === null || author === "" ? "" : ` · ${t("time.by", { author })}`;
  return `${text} · ${t("time.rev", { rev })}${by}`;
}

function words({ text }: Marker): string {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

/** What is under the pointer. */
function Reading({ timeline, position }: { timeline: Timeline; position: number }) {
  const t = useT();
  const rev = revisionAt(timeline, position);
  const { buckets } = timeline;
  const bucket = buckets[Math.min(buckets.length - 1, Math.floor(position * buckets.length))];
  return (
    <span
      className={styles.reading}
      data-side={position > 0.7 ? "left" : "right"}
      style={{ left: percent(position) }}
    >
      {t("time.rev", { rev })} · t={formatClock(timeAt(timeline, rev))}
      {bucket && bucket.changes > 0 && ` · ${t("time.changes", { n: bucket.changes })}`}
    </span>
  );
}

/** The first and the last revision, and how long the pauses are that take no room above. */
function Ends({ timeline, width }: { timeline: Timeline; width: number }) {
  const t = useT();
  const language = useLanguage();
  const pauses = useMemo(() => pausesOf(timeline, PAUSE_PX / width), [timeline, width]);
  return (
    <div className={styles.ends} lang={language}>
      <span>{t("time.rev", { rev: timeline.kept_from })}</span>
      {pauses.map(({ position, milliseconds }) => (
        <span
          key={position}
          className={styles.pause}
          style={{ left: percent(position) }}
          title={t("time.pause", { age: formatAge(milliseconds) })}
        >
          ⋯ {formatAge(milliseconds)} ⋯
        </span>
      ))}
      <span>{t("time.rev", { rev: timeline.rev })}</span>
    </div>
  );
}

function percent(share: number): string {
  return `${String(100 * share)}%`;
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(800);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(entry.contentRect.width);
    });
    observer.observe(element.current);
    return () => {
      observer.disconnect();
    };
  }, [element]);
  return width;
}

/** Calls `act` at once and then at most once per `everyMs`; the last call is never lost. */
function useThrottled(act: (share: number) => void, everyMs: number): (share: number) => void {
  const latest = useRef(act);
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout> | null; share: number | null }>({
    timer: null,
    share: null,
  });
  useEffect(() => {
    latest.current = act;
  });
  const fire = (): void => {
    const { share } = waiting.current;
    waiting.current = { share: null, timer: share === null ? null : setTimeout(fire, everyMs) };
    if (share !== null) latest.current(share);
  };
  return (share) => {
    waiting.current.share = share;
    if (waiting.current.timer === null) fire();
  };
}
