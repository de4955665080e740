/** Every status drawn once at the size that is needed; the map then only copies pictures. */

import { FRAME_WIDTH, GLYPH_GRID, GLYPHS, type Stroke } from "../../model/glyphs.ts";
import { STATUSES } from "../../model/status.ts";
import type { Palette } from "./palette.ts";

export interface Sprites {
  readonly sheet: HTMLCanvasElement;
  /** Size of one sprite in device pixels; status code n starts at x = n * step, hue n at y = n * step. */
  readonly size: number;
  readonly step: number;
}

/** One row in the colours of the status; with `inks`, one row for each of them. */
export function drawSprites(
  palette: Palette,
  glyphSize: number,
  pixelRatio: number,
  inks?: readonly string[],
): Sprites {
  const size = Math.round(glyphSize * pixelRatio);
  const step = size + 2;
  const sheet = document.createElement("canvas");
  sheet.width = step * STATUSES.length;
  sheet.height = step * (inks?.length ?? 1);
  const context = sheet.getContext("2d");
  if (context === null) return { sheet, size, step };
  for (const [row, ink] of (inks ?? [null]).entries()) {
    for (const status of STATUSES) {
      context.save();
      context.translate(status.code * step, row * step);
      context.scale(size / GLYPH_GRID, size / GLYPH_GRID);
      for (const stroke of GLYPHS[status.slug])
        paint(context, stroke, ink ?? palette[status.tone], palette.bg);
      context.restore();
    }
  }
  return { sheet, size, step };
}

function paint(context: CanvasRenderingContext2D, stroke: Stroke, tone: string, ink: string): void {
  const middle = GLYPH_GRID / 2;
  context.fillStyle = tone;
  context.strokeStyle = tone;
  context.lineWidth = FRAME_WIDTH;
  switch (stroke.kind) {
    case "fill":
      context.fillRect(stroke.x, stroke.y, stroke.w, stroke.h);
      break;
    case "frame":
      context.setLineDash(stroke.dashed ? [3, 2.6] : []);
      context.strokeRect(
        FRAME_WIDTH / 2,
        FRAME_WIDTH / 2,
        GLYPH_GRID - FRAME_WIDTH,
        GLYPH_GRID - FRAME_WIDTH,
      );
      break;
    case "dot":
      context.beginPath();
      context.arc(middle, middle, stroke.r, 0, 2 * Math.PI);
      context.fill();
      break;
    case "cross":
      context.strokeStyle = stroke.paint === "ink" ? ink : tone;
      context.beginPath();
      context.moveTo(4, 4);
      context.lineTo(12, 12);
      context.moveTo(12, 4);
      context.lineTo(4, 12);
      context.stroke();
      break;
  }
}
