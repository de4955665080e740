import { describe, expect, it } from "vitest";
import {
  badPath,
  barPath,
  bars,
  carriedOn,
  type Marker,
  nextMarker,
  placeMarkers,
  positionOf,
  revisionAt,
  revisionAtTime,
  timeAt,
  type Timeline,
} from "../../src/model/timeline.ts";

function bucket(from: number, to: number, bad = 0) {
  return { from, to, at_from: from * 10, at_to: to * 10, changes: to - from + 1, bad };
}

function marker(rev: number, text = "apply web"): Marker {
  return { rev, at: rev * 10, kind: "apply", text, author: null };
}

/** Four equal stretches of time; most happened in the third, nothing in the second. */
const TIMELINE: Timeline = {
  kept_from: 100,
  rev: 199,
  at: 1990,
  buckets: [
    bucket(100, 109),
    { from: 109, to: 109, at_from: 1090, at_to: 1100, changes: 0, bad: 0 },
    bucket(110, 189, 20),
    bucket(190, 199),
  ],
  markers: [marker(100), marker(150), marker(152)],
};

describe("the strip", () => {
  it("gives every revision a place, in order", () => {
    const places = [100, 109, 110, 150, 189, 199].map((rev) => positionOf(TIMELINE, rev));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBe(0);
    expect(positionOf(TIMELINE, 199)).toBe(1);
    expect(positionOf(TIMELINE, 5000)).toBe(1);
  });

  it("gives a place its revision back", () => {
    for (const rev of [100, 105, 130, 150, 188, 195]) {
      expect(revisionAt(TIMELINE, positionOf(TIMELINE, rev))).toBe(rev);
    }
  });

  it("never leaves what is kept", () => {
    expect(revisionAt(TIMELINE, -3)).toBe(100);
    expect(revisionAt(TIMELINE, 7)).toBe(199);
    expect(revisionAt({ ...TIMELINE, buckets: [] }, 0.5)).toBe(199);
  });

  it("knows revisions by time and times by revision", () => {
    expect(revisionAtTime(TIMELINE, 1500)).toBe(150);
    expect(revisionAtTime(TIMELINE, 0)).toBe(100);
    expect(revisionAtTime(TIMELINE, 99_999)).toBe(199);
    expect(timeAt(TIMELINE, 150)).toBe(1500);
    expect(timeAt(TIMELINE, 5000)).toBe(1990);
  });
});

describe("bars", () => {
  it("grow with the square root of the changes, and are as bad as their share", () => {
    const [first, second, third] = bars(TIMELINE);
    expect(third).toEqual({ height: 1, bad: 0.25 });
    expect(second).toEqual({ height: 0, bad: 0 });
    expect(first?.height).toBeCloseTo(Math.sqrt(10 / 80));
  });

  it("are drawn from the ground up, the bad part on top", () => {
    const all = bars(TIMELINE);
    expect(barPath(all, 2, 3, 40)).toBe("M2 10.00h0.66v30.00h-0.66z");
    expect(badPath(all, 40)).toBe("M2 0.00h0.66v10.00h-0.66z");
    expect(barPath(all, 1, 2, 40)).toBe("");
  });
});

describe("a timeline that is carried on", () => {
  it("reaches to the live revision", () => {
    const grown = carriedOn(TIMELINE, 209, 2100, []);
    expect(grown.rev).toBe(209);
    expect(positionOf(grown, 209)).toBe(1);
    expect(grown.buckets.at(-1)).toMatchObject({ to: 209, at_to: 2100, changes: 20 });
  });

  it("shows the markers that were heard, once", () => {
    const heard = [marker(150), marker(205, "scale 3 → 8")];
    expect(carriedOn(TIMELINE, 209, 2100, heard).markers.map((each) => each.rev)).toEqual([
      100, 150, 152, 205,
    ]);
  });

  it("stays as it is when nothing is newer", () => {
    expect(carriedOn(TIMELINE, 150, 1500, []).buckets).toBe(TIMELINE.buckets);
  });
});

it("the next marker is strictly before or after", () => {
  expect(nextMarker(TIMELINE.markers, 150, 1)).toBe(152);
  expect(nextMarker(TIMELINE.markers, 150, -1)).toBe(100);
  expect(nextMarker(TIMELINE.markers, 100, -1)).toBeNull();
  expect(nextMarker(TIMELINE.markers, 152, 1)).toBeNull();
});

describe("markers on the strip", () => {
  const SIZES = { width: 1000, sign: 10, gap: 8, words: () => 80 };

  function placed(...revs: number[]): string[] {
    return placeMarkers({ ...TIMELINE, markers: revs.map((rev) => marker(rev)) }, SIZES).map(
      ({ isLabelled, isFlipped }) => (isLabelled ? "words" : "sign") + (isFlipped ? " on the left" : ""),
    );
  }

  it.each([
    ["has its words on its right", [100], ["words"]],
    ["has them on its left at the strip's end", [199], ["words on the left"]],
    ["keeps only its sign between two others", [110, 116, 122], ["words on the left", "sign", "words"]],
    ["goes to the left where there is room", [195, 199], ["words on the left", "words on the left"]],
    ["covers no sign with its words", [198, 199], ["words on the left", "sign on the left"]],
  ])("one %s", (_name, revs, expected) => {
    expect(placed(...revs)).toEqual(expected);
  });

  it("stands together with those whose signs it would touch, and the most telling one speaks for them", () => {
    const kinds = ["failure", "fault", "leader"] as const;
    const markers = kinds.map((kind, index) => ({ ...marker(150 + index, kind), kind }));
    const [group, ...others] = placeMarkers({ ...TIMELINE, markers }, SIZES);
    expect(others).toEqual([]);
    expect(group?.marker.kind).toBe("fault");
    expect(group?.together.map((each) => each.kind)).toEqual(kinds);
  });

  it("never stands closer to another than its sign is wide", () => {
    const revs = Array.from({ length: 90 }, (_, index) => 105 + index);
    const places = placeMarkers({ ...TIMELINE, markers: revs.map((rev) => marker(rev)) }, SIZES).map(
      ({ position, together }) => ({
        left: position * 1000,
        right: position * 1000 + (together.length > 1 ? 20 : 10),
      }),
    );
    for (const [index, { left }] of places.slice(1).entries()) {
      expect(left - (places[index]?.right ?? 0)).toBeGreaterThanOrEqual(8);
    }
  });
});
