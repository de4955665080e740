/** The hues that tell names and ages apart, chosen by the distance that remains with each kind of colour blindness. */

/** For the light theme and for the dark one. */
export type Ink = readonly [light: string, dark: string];

export const HUES: readonly Ink[] = [
  ["#dd2244", "#bbff22"],
  ["#0000ff", "#8800ff"],
  ["#550055", "#ff3300"],
  ["#4499cc", "#00bbee"],
  ["#8844aa", "#eebb99"],
  ["#333300", "#007788"],
  ["#000099", "#77ffff"],
  ["#dd7700", "#8877dd"],
  ["#6666ff", "#22aa77"],
  ["#990055", "#ff77bb"],
  ["#aa7788", "#aa4455"],
  ["#115577", "#ffffbb"],
];

/** From young to old. */
export const AGES: readonly Ink[] = [
  ["#cc7a00", "#f7e225"],
  ["#d1495b", "#f6a05a"],
  ["#9c2f8f", "#e57c8f"],
  ["#5a1fa0", "#b070d0"],
  ["#1f1a5e", "#6a6ae0"],
];

export function inThemes([light, dark]: Ink): string {
  return `light-dark(${light}, ${dark})`;
}
