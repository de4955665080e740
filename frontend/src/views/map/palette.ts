/** The design tokens as colours that a canvas takes. Read again when the theme changes. */

import { AGES, HUES, type Ink, inThemes } from "./inks.ts";

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
  readonly ages: readonly string[];
};

/** A canvas knows no var() and no light-dark(), so an element has to resolve them. */
export function readPalette(): Palette {
  const probe = document.createElement("i");
  document.body.append(probe);
  const computed = getComputedStyle(probe);
  const colours = Object.fromEntries(
    TOKENS.map((token) => {
      probe.style.color = `var(--${token})`;
      return [token, computed.color];
    }),
  ) as Record<Token, string>;
  const inks = (pairs: readonly Ink[]): string[] =>
    pairs.map((ink) => {
      probe.style.color = inThemes(ink);
      return computed.color;
    });
  const palette = { ...colours, font: computed.fontFamily, hues: inks(HUES), ages: inks(AGES) };
  probe.remove();
  return palette;
}
