/** The manifests that a user is about to apply: named texts, kept through every failure. */

export interface ManifestText {
  readonly name: string;
  readonly text: string;
}

export const LARGEST_UPLOAD_BYTES = 3 * 1024 * 1024;
export const UNTITLED = "manifest.yaml";

/** Adds texts to a draft. A name that is there is replaced; an empty untitled text gives way to real files. */
export function addTexts(draft: readonly ManifestText[], added: readonly ManifestText[]): ManifestText[] {
  const kept = draft.filter((each) => !(each.name === UNTITLED && each.text.trim() === ""));
  const names = new Set(added.map((each) => each.name));
  return [...kept.filter((each) => !names.has(each.name)), ...added];
}

/** "manifest-2.yaml" and so on: the first name that the draft doesn't have. */
export function freshName(draft: readonly ManifestText[]): string {
  const taken = new Set(draft.map((each) => each.name));
  if (!taken.has(UNTITLED)) return UNTITLED;
  let number = 2;
  while (taken.has(`manifest-${String(number)}.yaml`)) number += 1;
  return `manifest-${String(number)}.yaml`;
}

export interface OutlineEntry {
  /** 1-based line of the document's first line of content. */
  readonly line: number;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * The objects of a text, as far as their first lines tell. This is a reading aid for an unfinished text; what the
 * server answers is the truth.
 */
export function outline(text: string): OutlineEntry[] {
  const entries: OutlineEntry[] = [];
  let block: string[] = [];
  let start = 1;
  const finish = (): void => {
    const first = block.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
    if (first >= 0) entries.push({ line: start + first, ...identity(block) });
  };
  text.split("\n").forEach((line, index) => {
    if (!/^---(\s|$)/.test(line)) {
      block.push(line);
      return;
    }
    finish();
    block = [];
    start = index + 2;
  });
  finish();
  return entries;
}

function identity(lines: readonly string[]): Omit<OutlineEntry, "line"> {
  const kind =
    /^kind:\s*["']?([\w.-]+)/.exec(lines.find((line) => line.startsWith("kind:")) ?? "")?.[1] ?? "";
  const metadata = lines.findIndex((line) => /^metadata:\s*$/.test(line));
  const fields = new Map<string, string>();
  for (const line of metadata < 0 ? [] : lines.slice(metadata + 1)) {
    if (/^\S/.test(line)) break;
    const field = /^ {2}(name|namespace):\s*["']?([\w.-]+)/.exec(line);
    if (field?.[1] !== undefined && field[2] !== undefined) fields.set(field[1], field[2]);
  }
  return { kind, namespace: fields.get("namespace") ?? "", name: fields.get("name") ?? "" };
}
