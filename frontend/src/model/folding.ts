/** The strip without its empty stretches: hours in which nothing happens take no more room than seconds. */

import type { Bucket, Timeline } from "./timeline.ts";

/** Quiet buckets in a row that are left; the last of them stands for all that follow. */
const QUIET = 2;
/** More bars than this no strip has room for. */
const MOST = 320;
/** A bucket is taken apart when it holds more than its share of the history. */
const SHARES = 90;
const LEAST_SHARE = 4;
/** Shorter pauses need no word. */
const LEAST_PAUSE_MS = 5000;

export function folded(timeline: Timeline): Timeline {
  return { ...timeline, buckets: spread(joined(withoutQuiet(timeline.buckets))) };
}

function withoutQuiet(buckets: readonly Bucket[]): Bucket[] {
  const found: Bucket[] = [];
  let run = 0;
  for (const bucket of buckets) {
    run = bucket.changes === 0 ? run + 1 : 0;
    const last = found.at(-1);
    if (run > QUIET && last) found[found.length - 1] = { ...last, at_to: bucket.at_to };
    else found.push(bucket);
  }
  return found;
}

/** Neighbours put together until there are few enough. */
function joined(buckets: Bucket[]): Bucket[] {
  if (buckets.length <= MOST) return buckets;
  const pairs: Bucket[] = [];
  for (let index = 0; index < buckets.length; index += 2) {
    const [one, other] = [buckets[index], buckets[index + 1]];
    if (one && other) pairs.push(together(one, other));
    else if (one) pairs.push(one);
  }
  return joined(pairs);
}

function together(one: Bucket, other: Bucket): Bucket {
  const [changes, bad] = [one.changes + other.changes, one.bad + other.bad];
  const from = one.changes > 0 ? one.from : other.from;
  return { from, to: other.to, at_from: one.at_from, at_to: other.at_to, changes, bad };
}

/** Busy buckets in parts, so that each of their revisions can be pointed at. */
function spread(buckets: Bucket[]): Bucket[] {
  const all = buckets.reduce((sum, bucket) => sum + bucket.changes, 0);
  const share = Math.max(LEAST_SHARE, Math.ceil(all / SHARES));
  return buckets.flatMap((bucket) => {
    const revisions = bucket.to - bucket.from + 1;
    const parts = bucket.changes === 0 ? 1 : Math.min(revisions, Math.ceil(bucket.changes / share));
    return parts === 1 ? [bucket] : inParts(bucket, revisions, parts);
  });
}

function inParts(bucket: Bucket, revisions: number, parts: number): Bucket[] {
  const at = (whole: number, index: number): number => Math.floor((whole * index) / parts);
  const span = bucket.at_to - bucket.at_from;
  return Array.from({ length: parts }, (_, index) => ({
    from: bucket.from + at(revisions, index),
    to: bucket.from + at(revisions, index + 1) - 1,
    at_from: bucket.at_from + at(span, index),
    at_to: bucket.at_from + at(span, index + 1),
    changes: at(bucket.changes, index + 1) - at(bucket.changes, index),
    bad: at(bucket.bad, index + 1) - at(bucket.bad, index),
  }));
}

export interface Pause {
  /** 0 to 1: its middle. */
  readonly position: number;
  readonly milliseconds: number;
}

/** The longest pauses that have room for a word, `room` (a share of the strip) apart from each other and the ends. */
export function pausesOf({ buckets }: Timeline, room: number): Pause[] {
  const shown: Pause[] = [];
  const pauses = buckets.flatMap(({ changes, at_from, at_to }, index): Pause[] =>
    changes > 0 || at_to - at_from < LEAST_PAUSE_MS
      ? []
      : [{ position: (index + 0.5) / buckets.length, milliseconds: at_to - at_from }],
  );
  for (const pause of pauses.sort((a, b) => b.milliseconds - a.milliseconds)) {
    const isFree = [0, 1, ...shown.map((each) => each.position)].every(
      (taken) => Math.abs(taken - pause.position) >= room,
    );
    if (isFree) shown.push(pause);
  }
  return shown;
}
