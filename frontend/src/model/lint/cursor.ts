/** Where in an unfinished manifest the cursor stands, by its indentation: good enough while somebody is typing. */

export interface CursorPlace {
  /** Of the document, as far as it is written. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The fields around the cursor, list items as 0. */
  readonly path: readonly (string | number)[];
  /** The letters of the key, or of the value, before the cursor. */
  readonly typed: string;
  readonly from: number;
  /** The key whose value is being typed; null while a key is. */
  readonly valueOf: string | null;
  /** Fields that the object around the cursor has already. */
  readonly siblings: readonly string[];
}

interface Line {
  readonly indent: number;
  readonly isItem: boolean;
  readonly key: string | null;
}

const LINE = /^(\s*)((?:- +)*)(?:(["']?)([\w./$-]+)\3\s*:(?=\s|$))?/;

export function cursorPlace(text: string, offset: number): CursorPlace {
  const before = text.slice(0, offset);
  const documentStart = Math.max(0, before.search(/(?:^|\n)---[^\n]*\n(?![\s\S]*\n---)/));
  const documentEnd = /\n---/.exec(text.slice(offset));
  const yaml = text.slice(documentStart, documentEnd === null ? text.length : offset + documentEnd.index);
  const lineStart = before.lastIndexOf("\n") + 1;
  const current = before.slice(lineStart);
  const value = /^(\s*(?:- +)*)(["']?)([\w./$-]+)\2\s*:\s+(.*)$/.exec(current);
  const typed = value === null ? (/[\w./$-]*$/.exec(current)?.[0] ?? "") : (value[4] ?? "");
  const here = readLine(current.slice(0, current.length - (value === null ? typed.length : 0)));
  const lines = text.slice(documentStart, lineStart).split("\n");
  return {
    apiVersion: /^apiVersion:\s*["']?([\w./-]+)/m.exec(yaml)?.[1] ?? "",
    kind: /^kind:\s*["']?(\w+)/m.exec(yaml)?.[1] ?? "",
    path: pathAbove(lines, here),
    typed,
    from: offset - typed.length,
    valueOf: value?.[3] ?? null,
    siblings: siblingsOf(text.slice(documentStart), lineStart - documentStart, here.indent),
  };
}

/** Indent is where the key begins: list dashes count as indentation. */
function readLine(text: string): Line {
  const [, spaces = "", dashes = "", , key] = LINE.exec(text) ?? [];
  return { indent: spaces.length + dashes.length, isItem: dashes !== "", key: key ?? null };
}

function pathAbove(lines: readonly string[], here: Line): (string | number)[] {
  const path: (string | number)[] = here.isItem ? [0] : [];
  let indent = here.isItem ? here.indent - 1 : here.indent;
  for (const text of lines.toReversed()) {
    if (text.trim() === "" || text.trimStart().startsWith("#") || text.startsWith("---")) continue;
    const line = readLine(text);
    const dashAt = text.length - text.trimStart().length;
    if (line.isItem && line.indent === indent && dashAt < indent) {
      path.unshift(0);
      indent = dashAt + 1;
      continue;
    }
    if (line.key === null || line.indent >= indent) continue;
    path.unshift(line.key);
    if (line.isItem) {
      path.unshift(0);
      indent = dashAt + 1;
    } else {
      indent = line.indent;
    }
  }
  return path;
}

/** Keys at the same indentation, until a shallower line on either side ends the object. */
function siblingsOf(yaml: string, at: number, indent: number): string[] {
  const above = yaml.slice(0, at).split("\n").slice(0, -1).toReversed();
  const below = yaml.slice(at).split("\n").slice(1);
  return [...keysUntilShallower(above, indent), ...keysUntilShallower(below, indent)];
}

function keysUntilShallower(lines: readonly string[], indent: number): string[] {
  const keys: string[] = [];
  for (const text of lines) {
    if (text.trim() === "") continue;
    const line = readLine(text);
    if (line.indent < indent || text.startsWith("---")) break;
    if (line.indent === indent && line.key !== null) keys.push(line.key);
    if (line.isItem && line.indent === indent) break;
  }
  return keys;
}
