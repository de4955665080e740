/** The shape of every status, once, for the canvas and for SVG alike: on a grid of 16 by 16, colour comes from the tone. */

import type { StatusSlug } from "./status.ts";

/** "tone" is the status' own colour, "ink" the background's, for marks on a filled shape. */
export type Paint = "tone" | "ink";

export type Stroke =
  | { readonly kind: "fill"; readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  | { readonly kind: "frame"; readonly dashed: boolean }
  | { readonly kind: "dot"; readonly r: number }
  | { readonly kind: "cross"; readonly paint: Paint };

export const GLYPH_GRID = 16;
export const FRAME_WIDTH = 2;

const FULL: Stroke = { kind: "fill", x: 0, y: 0, w: 16, h: 16 };
const FRAME: Stroke = { kind: "frame", dashed: false };

export const GLYPHS: Readonly<Record<StatusSlug, readonly Stroke[]>> = {
  running: [FULL],
  pending: [FRAME],
  starting: [FRAME, { kind: "fill", x: 0, y: 8, w: 16, h: 8 }],
  failed: [FULL, { kind: "cross", paint: "ink" }],
  crashloop: [FRAME, { kind: "dot", r: 4 }],
  terminating: [0, 4.5, 9, 13.5].map((x) => ({ kind: "fill" as const, x, y: 0, w: 2.5, h: 16 })),
  succeeded: [{ kind: "dot", r: 5 }],
  unknown: [{ kind: "frame", dashed: true }],
};
