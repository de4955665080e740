/** A container's lines as they are followed: appended, bounded, searchable. */

export interface LogLine {
  /** Simulated milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** As many lines as the page keeps; older ones can be had with kubectl. */
export const MOST_LINES = 20_000;

export function appendLines(kept: readonly LogLine[], added: readonly LogLine[]): readonly LogLine[] {
  if (added.length === 0) return kept;
  const all = [...kept, ...added];
  return all.length > MOST_LINES ? all.slice(all.length - MOST_LINES) : all;
}

/** Lines with all the words, up to a moment of simulated time when one is given. */
export function filterLines(
  lines: readonly LogLine[],
  words: string,
  until: number | null,
): readonly LogLine[] {
  const wanted = words.toLowerCase().trim();
  if (wanted === "" && until === null) return lines;
  return lines.filter(
    (line) => (until === null || line.at <= until) && line.text.toLowerCase().includes(wanted),
  );
}

export type LineTone = "bad" | "wait" | "plain";

/** A reading aid: lines that speak of errors or warnings. */
export function toneOf(text: string): LineTone {
  if (/\b(error|fatal|panic|exception|fail(ed|ure)?)\b/i.test(text)) return "bad";
  return /\bwarn(ing)?\b/i.test(text) ? "wait" : "plain";
}

/** A terminal's colours and other control characters have no meaning here: they are shown, not obeyed. */
export function visible(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-9;]*m/g, "")
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "\uFFFD");
}
