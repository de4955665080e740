/** The design tokens as colours that a canvas takes. Read again when the theme changes. */

import { HUES, SCALES } from "../../model/colours.ts";

const TOKENS = [
  "bg",
  "raised",
  "line",
  "line-strong",
  "text",
  "muted",
  "accent",
  "ok",
  "progress",
  "wait",
  "bad",
  "neutral",
  "bad-text",
  "wait-text",
  "bad-soft",
  "bar-track",
  "ghost",
] as const;

export type Token = (typeof TOKENS)[number];
export type Palette = Readonly<Record<Token, string>> & {
  readonly font: string;
  readonly hues: readonly string[];
  /** Those of a scale, from its lower end. */
  readonly steps: readonly string[];
};

export function hueToken(hue: number): string {
  return `hue-${String(hue)}`;
}

export function stepToken(step: number): string {
  return `step-${String(step)}`;
}

/** A canvas knows no var() and no light-dark(), so an element has to resolve them. */
export function readPalette(): Palette {
  const probe = document.createElement("i");
  document.body.append(probe);
  const computed = getComputedStyle(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return computed.color;
  };
  const colours = Object.fromEntries(TOKENS.map((token) => [token, read(token)])) as Record<Token, string>;
  const hues = Array.from({ length: HUES }, (_, hue) => read(hueToken(hue)));
  const steps = SCALES.age.map((_, step) => read(stepToken(step)));
  const palette = { ...colours, font: computed.fontFamily, hues, steps };
  probe.remove();
  return palette;
}
