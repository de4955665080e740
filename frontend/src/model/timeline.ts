/** The kept history as a strip: equal stretches of simulated time from left to right, from 0 to 1. */

export interface Bucket {
  /** Revisions, both inclusive. */
  readonly from: number;
  readonly to: number;
  /** Simulated milliseconds. */
  readonly at_from: number;
  readonly at_to: number;
  readonly changes: number;
  /** How many of the changes are bad news: failures, back-offs, lost nodes. */
  readonly bad: number;
}

export const MARKER_KINDS = ["apply", "fault", "scale", "failure", "leader", "pace", "delete"] as const;
export type MarkerKind = (typeof MARKER_KINDS)[number];

export interface Marker {
  readonly rev: number;
  readonly at: number;
  readonly kind: MarkerKind;
  readonly text: string;
  readonly author: string | null;
}

export interface Timeline {
  readonly kept_from: number;
  readonly rev: number;
  readonly at: number;
  readonly buckets: readonly Bucket[];
  /** In the order of their revisions. */
  readonly markers: readonly Marker[];
}

/** The timeline carried on to what the live connection has heard since it was fetched. */
export function carriedOn(timeline: Timeline, rev: number, at: number, heard: readonly Marker[]): Timeline {
  const known = new Set(timeline.markers.map((each) => `${String(each.rev)} ${each.kind}`));
  const fresh = heard.filter((each) => !known.has(`${String(each.rev)} ${each.kind}`));
  const markers =
    fresh.length === 0 ? timeline.markers : [...timeline.markers, ...fresh].sort((a, b) => a.rev - b.rev);
  const last = timeline.buckets.at(-1);
  if (last === undefined || rev <= timeline.rev) return { ...timeline, markers };
  const grown = {
    ...last,
    to: Math.max(rev, last.to),
    at_to: Math.max(at, last.at_to),
    changes: last.changes + rev - timeline.rev,
  };
  return { ...timeline, rev, at, buckets: [...timeline.buckets.slice(0, -1), grown], markers };
}

/** Where a revision stands, and which one stands there, must agree in spite of binary fractions. */
const ROUNDING = 1e-6;

/** Where a revision stands on the strip: the newest at its end. */
export function positionOf({ buckets, rev: newest }: Timeline, rev: number): number {
  if (rev >= newest) return 1;
  const index = buckets.findIndex((bucket) => bucket.to >= rev);
  if (index < 0) return 1;
  const { from, to } = buckets[index] ?? { from: rev, to: rev };
  const share = rev <= from ? 0 : (rev - from) / (to - from + 1);
  return (index + share) / buckets.length;
}

/** The revision at a position of the strip, within what is kept. */
export function revisionAt(timeline: Timeline, position: number): number {
  const { buckets, kept_from, rev } = timeline;
  const along = Math.min(1, Math.max(0, position)) * buckets.length;
  const bucket = buckets[Math.min(buckets.length - 1, Math.floor(along))];
  if (bucket === undefined) return rev;
  const share = Math.min(1, along - Math.floor(Math.min(along, buckets.length - 1)));
  const found = Math.min(
    bucket.to,
    Math.floor(bucket.from + share * (bucket.to - bucket.from + 1) + ROUNDING),
  );
  return Math.min(rev, Math.max(kept_from, found));
}

/** The last revision at or before a moment of simulated time: where a log line or a sample "was". */
export function revisionAtTime(timeline: Timeline, at: number): number {
  const bucket = timeline.buckets.findLast((each) => each.at_from <= at);
  if (bucket === undefined) return timeline.kept_from;
  const span = Math.max(1, bucket.at_to - bucket.at_from);
  const share = Math.min(1, (at - bucket.at_from) / span);
  const found = Math.floor(bucket.from + share * (bucket.to - bucket.from));
  return Math.min(timeline.rev, Math.max(timeline.kept_from, found));
}

/** Simulated time at a revision, as far as the buckets tell. */
export function timeAt({ buckets, at }: Timeline, rev: number): number {
  const bucket = buckets.find((each) => each.to >= rev);
  if (bucket === undefined) return at;
  const share = Math.max(0, rev - bucket.from) / Math.max(1, bucket.to - bucket.from);
  return bucket.at_from + share * (bucket.at_to - bucket.at_from);
}

/** The next marker's revision before (-1) or after (1) a revision; null when there is none. */
export function nextMarker(markers: readonly Marker[], rev: number, direction: 1 | -1): number | null {
  const found =
    direction === 1
      ? markers.find((marker) => marker.rev > rev)
      : markers.findLast((marker) => marker.rev < rev);
  return found?.rev ?? null;
}

export interface Bar {
  /** Share of the strip's height. */
  readonly height: number;
  /** Share of the strip's height, at the bar's top. */
  readonly bad: number;
}

/** Bars whose heights grow with the square root: one busy moment must not flatten all others. */
export function bars({ buckets }: Timeline): Bar[] {
  const most = Math.max(1, ...buckets.map((bucket) => bucket.changes));
  return buckets.map(({ changes, bad }) => {
    const height = Math.sqrt(changes / most);
    return { height, bad: changes === 0 ? 0 : (height * Math.min(bad, changes)) / changes };
  });
}

const BAR_WIDTH = 0.66;

/** The good parts of the bars from one number to another (exclusive), as an SVG path one unit wide per bar. */
export function barPath(all: readonly Bar[], from: number, to: number, height: number): string {
  const part = ({ height: share, bad }: Bar, x: number): string =>
    rectangle(x, height * (1 - share + bad), height * (share - bad));
  return all
    .slice(from, to)
    .map((bar, index) => part(bar, from + index))
    .join("");
}

/** The bad parts, which lie on top of the good ones. */
export function badPath(all: readonly Bar[], height: number): string {
  return all.map(({ height: share, bad }, x) => rectangle(x, height * (1 - share), height * bad)).join("");
}

function rectangle(x: number, top: number, size: number): string {
  if (size <= 0) return "";
  const width = String(BAR_WIDTH);
  return `M${String(x)} ${top.toFixed(2)}h${width}v${size.toFixed(2)}h-${width}z`;
}

export interface PlacedMarker {
  /** The one whose sign and words are shown. */
  readonly marker: Marker;
  /** All that stand so close that their signs would cover each other, the shown one included; in their order. */
  readonly together: readonly Marker[];
  /** 0 to 1. */
  readonly position: number;
  /** False when its words would run into a neighbour's: then only its sign is shown. */
  readonly isLabelled: boolean;
  /** It stands on the left of its moment, because there is no room on the right. */
  readonly isFlipped: boolean;
}

export interface MarkerSizes {
  /** The strip's, and all others in the same unit. */
  readonly width: number;
  readonly sign: number;
  readonly gap: number;
  /** The sign with its words. */
  readonly words: (marker: Marker) => number;
}

/** What people did says more than what came of it. */
const PRECEDENCE: readonly MarkerKind[] = ["fault", "delete", "apply", "scale", "failure", "leader", "pace"];

/**
 * Markers with room for their words on the right or else on the left, the newest first served. No sign is ever
 * covered, by words or by another sign.
 */
export function placeMarkers(timeline: Timeline, sizes: MarkerSizes): PlacedMarker[] {
  const { width, sign, gap, words } = sizes;
  const placed: PlacedMarker[] = [];
  const all = gathered(timeline, sizes);
  let free = width;
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const { together, left } = all[index] ?? { together: [], left: 0 };
    const marker = foremost(together);
    if (marker === undefined) continue;
    const more = together.length > 1 ? sign : 0;
    const size = words(marker) + more;
    const older = all[index - 1];
    const olderEnd =
      older === undefined ? 0 : older.left + sign + (older.together.length > 1 ? sign : 0) + gap;
    const fitsRight = left + size <= free;
    const fitsLeft = !fitsRight && left <= free && left - size >= olderEnd;
    const isFlipped = fitsLeft || (!fitsRight && left + sign + more > width);
    placed.push({ marker, together, position: left / width, isLabelled: fitsRight || fitsLeft, isFlipped });
    free = Math.min(free, (fitsLeft ? left - size : left) - gap);
  }
  return placed.reverse();
}

/** Neighbours whose signs would touch stand together, where the first of them stands. */
function gathered(
  timeline: Timeline,
  { width, sign, gap }: MarkerSizes,
): { together: Marker[]; left: number }[] {
  const groups: { together: Marker[]; left: number }[] = [];
  for (const marker of timeline.markers) {
    const left = positionOf(timeline, marker.rev) * width;
    const last = groups.at(-1);
    const room = last === undefined ? 0 : sign * (last.together.length > 1 ? 2 : 1) + gap;
    if (last !== undefined && left - last.left < room) last.together.push(marker);
    else groups.push({ together: [marker], left });
  }
  return groups;
}

function foremost(markers: readonly Marker[]): Marker | undefined {
  const best = Math.min(...markers.map(({ kind }) => PRECEDENCE.indexOf(kind)));
  return markers.findLast(({ kind }) => PRECEDENCE.indexOf(kind) === best);
}
