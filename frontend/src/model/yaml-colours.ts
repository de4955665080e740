/** Colours for one line of YAML. A reading aid, not a parser: it never changes the text, only cuts it into parts. */

export type Colour = "key" | "string" | "number" | "comment" | "mark" | "plain";

export interface Coloured {
  readonly text: string;
  readonly colour: Colour;
}

const LINE = /^(\s*(?:- )*)((?:"[^"]*"|'[^']*'|[^\s#:'"{[][^:#]*?)(?=:(?:\s|$)))?(:)?(.*)$/s;

/** The line's parts; put together they are the line again. */
export function highlightLine(line: string): Coloured[] {
  if (/^(---|\.\.\.)/.test(line)) return [{ text: line, colour: "mark" }];
  const [, indent = "", key, colon = "", rest = ""] = LINE.exec(line) ?? [];
  const parts: Coloured[] = [{ text: indent, colour: "plain" }];
  if (key !== undefined) parts.push({ text: key, colour: "key" });
  parts.push({ text: colon, colour: "plain" }, ...highlightValue(rest));
  return parts.filter((part) => part.text !== "");
}

function highlightValue(text: string): Coloured[] {
  const comment = /(^|\s)#.*$/.exec(text);
  const value = comment === null ? text : text.slice(0, comment.index);
  const isNumber = /^\s*(-?\d[\d.]*|true|false|null|~)\s*$/.test(value);
  const parts: Coloured[] = [
    { text: value, colour: value.trim() === "" ? "plain" : isNumber ? "number" : "string" },
  ];
  if (comment !== null) parts.push({ text: comment[0], colour: "comment" });
  return parts;
}
