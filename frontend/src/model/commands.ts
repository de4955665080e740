/** What the palette offers for what was typed. */

export interface Command {
  readonly id: string;
  /** What is matched and shown. */
  readonly title: string;
  /** Shown beside it: a kind, a key. */
  readonly hint: string;
  readonly group: "go" | "do" | "object" | "kind";
}

interface Scored {
  readonly command: Command;
  readonly score: number;
}

/** The best matches, best first. Letters must appear in order; beginnings of words and runs count more. */
export function rankCommands(commands: readonly Command[], typed: string, most: number): Command[] {
  const wanted = typed.trim().toLowerCase();
  const scored: Scored[] = [];
  commands.forEach((command, index) => {
    const score = wanted === "" ? 0 : scoreOf(command.title.toLowerCase(), wanted);
    // Earlier commands win between equals, by too little to matter otherwise.
    if (score !== null) scored.push({ command, score: score - index * 1e-6 });
  });
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map((each) => each.command);
}

/** null when the letters do not appear in their order. */
export function scoreOf(title: string, wanted: string): number | null {
  const whole = title.indexOf(wanted);
  if (whole >= 0) return 100 - Math.min(50, whole) + (startsWord(title, whole) ? 50 : 0);
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    if (letter === " ") continue;
    const next = title.indexOf(letter, at + 1);
    if (next < 0) return null;
    score += next === at + 1 ? 3 : startsWord(title, next) ? 2 : 0;
    at = next;
  }
  return score - title.length / 100;
}

function startsWord(title: string, at: number): boolean {
  return at === 0 || /[\s/:._-]/.test(title[at - 1] ?? " ");
}

export interface KindJump {
  /** The kind's word as typed: "po", "deployments". */
  readonly kind: string;
  /** "" when none was typed. */
  readonly namespace: string;
  readonly name: string;
}

/** ":deploy shop/web", ":no node-1", ":pods"; null for what is no jump. */
export function parseJump(typed: string): KindJump | null {
  const found = /^:\s*([\w.-]+)(?:\s+(?:([^\s/]+)\/)?(\S*))?\s*$/.exec(typed);
  if (found === null) return null;
  return { kind: found[1] ?? "", namespace: found[2] ?? "", name: found[3] ?? "" };
}
