import { describe, expect, it } from "vitest";
import { folded, pausesOf } from "../../src/model/folding.ts";
import { type Bucket, positionOf, revisionAt, timeAt, type Timeline } from "../../src/model/timeline.ts";

/** Buckets of a second each, from how many changes each has; a revision per change. */
function history(...changes: number[]): Timeline {
  let rev = 0;
  const buckets = changes.map((count, index): Bucket => {
    const from = count === 0 ? rev : rev + 1;
    rev += count;
    return { from, to: rev, at_from: 1000 * index, at_to: 1000 * index + 999, changes: count, bad: 0 };
  });
  return { kept_from: 1, rev, at: 1000 * changes.length, buckets, markers: [] };
}

const quiet = (length: number): number[] => Array.from({ length }, () => 0);

describe("a folded timeline", () => {
  it("shows a long pause as two empty bars", () => {
    const { buckets } = folded(history(1, ...quiet(500), 1));
    expect(buckets.map((each) => each.changes)).toEqual([1, 0, 0, 1]);
    expect([buckets[2]?.at_from, buckets[2]?.at_to]).toEqual([2000, 500_999]);
  });

  it("leaves short pauses as they are", () => {
    const timeline = history(1, 0, 2, 0, 0, 1);
    expect(folded(timeline)).toEqual(timeline);
  });

  it("takes a busy moment apart, so that each of its revisions can be pointed at", () => {
    const timeline = folded(history(64, ...quiet(100)));
    expect(timeline.buckets.slice(0, 16).map(({ from, to }) => to - from + 1)).toEqual(Array(16).fill(4));
    for (let rev = 1; rev <= 64; rev += 1) expect(revisionAt(timeline, positionOf(timeline, rev))).toBe(rev);
  });

  it("keeps all changes, and the order of revisions and times", () => {
    const timeline = history(3, 90, ...quiet(40), 7, 0, 400, ...quiet(9), 1);
    const { buckets } = folded(timeline);
    const sum = (all: readonly Bucket[]): number => all.reduce((total, each) => total + each.changes, 0);
    expect(sum(buckets)).toBe(sum(timeline.buckets));
    buckets.slice(1).forEach((bucket, index) => {
      const before = buckets[index];
      expect(bucket.from).toBeGreaterThanOrEqual(before?.from ?? 0);
      expect(bucket.at_from).toBeGreaterThanOrEqual(before?.at_from ?? 0);
    });
  });

  it("has no more bars than a strip has room for", () => {
    const busy = Array.from({ length: 1000 }, (_, index) => 1 + (index % 3));
    expect(folded(history(...busy)).buckets.length).toBeLessThanOrEqual(320);
  });

  it("puts neighbours together with all they hold, the bad news too", () => {
    const timeline = history(...Array.from({ length: 640 }, () => 1));
    const buckets = timeline.buckets.map((each) => ({ ...each, bad: 1 }));
    const [first] = folded({ ...timeline, buckets }).buckets;
    expect(first).toEqual({ from: 1, to: 2, at_from: 0, at_to: 1999, changes: 2, bad: 2 });
  });

  it("still tells the time at a revision", () => {
    const timeline = folded(history(1, ...quiet(100), 1));
    expect(timeAt(timeline, 1)).toBeLessThan(1000);
    expect(timeAt(timeline, 2)).toBeGreaterThanOrEqual(101_000);
  });
});

describe("the pauses that are named", () => {
  it("are those that took long, the longest first", () => {
    const timeline = folded(history(1, ...quiet(30), 1, 1, 1, ...quiet(200), 1, 1));
    expect(pausesOf(timeline, 0.05).map((each) => each.milliseconds)).toEqual([198_999, 28_999]);
  });

  it("keep away from each other and from the ends", () => {
    const timeline = folded(history(1, ...quiet(30), 1, 1, 1, ...quiet(200), 1, 1, 1, 1));
    expect(pausesOf(timeline, 0.2)).toHaveLength(2);
    expect(pausesOf(timeline, 0.3)).toHaveLength(1);
    expect(pausesOf(timeline, 0.4)).toEqual([]);
  });

  it("leave short pauses out", () => {
    expect(pausesOf(folded(history(1, 0, 0, 0, 1)), 0)).toEqual([]);
  });
});
