import { describe, expect, it } from "vitest";
import { sampleAt, windowEnd } from "../../src/model/metrics.ts";

const MINUTES = 60_000;

describe("the span that is measured", () => {
  it("ends now while live, and in a past that it reaches anyway", () => {
    expect(windowEnd(null, 90 * MINUTES, 10 * MINUTES)).toBeNull();
    expect(windowEnd(86 * MINUTES, 90 * MINUTES, 10 * MINUTES)).toBeNull();
  });

  it("has an earlier moment in its middle", () => {
    expect(windowEnd(30 * MINUTES, 90 * MINUTES, 10 * MINUTES)).toBe(35 * MINUTES);
  });
});

describe("the sample of a moment", () => {
  const at = [0, 1000, 2000, 3000];

  it("is the last one at or before it", () => {
    expect([0, 999, 1000, 2500, 9000].map((moment) => sampleAt(at, moment))).toEqual([0, 0, 1, 2, 3]);
  });

  it("is the first for what came before all, and the last for now", () => {
    expect(sampleAt(at, -5)).toBe(0);
    expect(sampleAt(at, null)).toBe(3);
    expect(sampleAt([], null)).toBe(0);
  });
});
