import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HUES, SCALES } from "../../src/model/colours.ts";
import { hueToken, stepToken } from "../../src/views/map/palette.ts";

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

/** The tokens' values as [light, dark]. */
const TOKENS = new Map(
  [...readFileSync("src/ui/tokens.css", "utf8").matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, [light, dark] as const],
  ),
);
const NAMES = Array.from({ length: HUES }, (_, hue) => hueToken(hue));
const STEPS = SCALES.age.map((_, step) => stepToken(step));
const THEMES = [
  ["light", 0],
  ["dark", 1],
] as const;

/** What is left of linear red, green and blue for whoever lacks one kind of cones (Viénot 1999, Machado 2009). */
const SIGHTS: readonly (readonly [string, Matrix])[] = [
  [
    "all cones",
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  ],
  [
    "no red ones",
    [
      [0.11238, 0.88762, 0],
      [0.11238, 0.88762, 0],
      [0.00401, -0.00401, 1],
    ],
  ],
  [
    "no green ones",
    [
      [0.29275, 0.70725, 0],
      [0.29275, 0.70725, 0],
      [-0.02234, 0.02234, 1],
    ],
  ],
  [
    "no blue ones",
    [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  ],
];
/** From linear RGB to the cones, and from their cube roots to OKLab. */
const TO_CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

function times([a, b, c]: Matrix, [x, y, z]: Vector): Vector {
  const row = ([p, q, r]: Vector): number => p * x + q * y + r * z;
  return [row(a), row(b), row(c)];
}

function each([x, y, z]: Vector, of: (value: number) => number): Vector {
  return [of(x), of(y), of(z)];
}

function linear(hex: string): Vector {
  const part = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function luminance(hex: string): number {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function inks(tokens: readonly string[], theme: 0 | 1): string[] {
  return tokens.map((token) => TOKENS.get(token)?.[theme] ?? "");
}

/** The distance of the two that are nearest to each other, in hundredths of OKLab. */
function nearest(colours: readonly string[], sight: Matrix): number {
  const seen = colours.map((hex) => {
    const left = each(times(sight, linear(hex)), (value) => Math.max(0, Math.min(1, value)));
    return times(TO_LAB, each(times(TO_CONES, left), Math.cbrt));
  });
  const distances = seen.flatMap((one, index) =>
    seen
      .slice(0, index)
      .map((other) => 100 * Math.hypot(...one.map((value, at) => value - (other[at] ?? 0)))),
  );
  return Math.min(...distances);
}

describe("inks", () => {
  it.each([...NAMES, ...STEPS])("%s is seen on light and on dark", (token) => {
    const [light, dark] = TOKENS.get(token) ?? ["", ""];
    expect(1.05 / (luminance(light) + 0.05)).toBeGreaterThanOrEqual(3);
    expect((luminance(dark) + 0.05) / (luminance("#0e1318") + 0.05)).toBeGreaterThanOrEqual(3);
  });

  it.each(SIGHTS.flatMap(([name, sight]) => THEMES.map(([theme, at]) => [name, theme, sight, at] as const)))(
    "stay apart for who has %s, on %s",
    (_name, _theme, sight, theme) => {
      expect(nearest(inks(NAMES, theme), sight)).toBeGreaterThan(7.5);
      expect(nearest(inks(STEPS, theme), sight)).toBeGreaterThan(5);
    },
  );

  it("are as many as any scale has steps", () => {
    expect(SCALES.cpu).toHaveLength(SCALES.age.length);
  });

  it.each(THEMES)(
    "of a scale fall in lightness on %s, so that they are a ramp without hue, too",
    (_theme, at) => {
      const steps = inks(STEPS, at).map(luminance);
      expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    },
  );
});
