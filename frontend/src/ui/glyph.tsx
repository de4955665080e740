import { FRAME_WIDTH, GLYPH_GRID, GLYPHS, type Stroke } from "../model/glyphs.ts";
import type { StatusSlug } from "../model/status.ts";
import styles from "./glyph.module.css";

/** A pod's status as a small picture; its name belongs beside it, so it is hidden from screen readers. */
export function Glyph({ status, size = 14 }: { status: StatusSlug; size?: number }) {
  return (
    <svg
      className={styles[status]}
      width={size}
      height={size}
      viewBox={`0 0 ${String(GLYPH_GRID)} ${String(GLYPH_GRID)}`}
      aria-hidden="true"
    >
      {GLYPHS[status].map((stroke, index) => (
        <GlyphStroke key={index} stroke={stroke} />
      ))}
    </svg>
  );
}

function GlyphStroke({ stroke }: { stroke: Stroke }) {
  const middle = GLYPH_GRID / 2;
  const inset = FRAME_WIDTH / 2;
  switch (stroke.kind) {
    case "fill":
      return <rect x={stroke.x} y={stroke.y} width={stroke.w} height={stroke.h} fill="currentColor" />;
    case "frame":
      return (
        <rect
          x={inset}
          y={inset}
          width={GLYPH_GRID - FRAME_WIDTH}
          height={GLYPH_GRID - FRAME_WIDTH}
          fill="none"
          stroke="currentColor"
          strokeWidth={FRAME_WIDTH}
          strokeDasharray={stroke.dashed ? "3 2.6" : undefined}
        />
      );
    case "dot":
      return <circle cx={middle} cy={middle} r={stroke.r} fill="currentColor" />;
    case "cross":
      return <path className={styles.ink} d="M4 4 12 12M12 4 4 12" strokeWidth={FRAME_WIDTH} fill="none" />;
  }
}
