/** What breaks a document's syntax: the first break in words that help, for those behind it only follow from it. */

import { type Document, isMap, visit, type YAMLError } from "yaml";
import type { LineAt } from "./manifest.ts";
import type { Fix, MessageValues, Problem, ProblemCode } from "./problem.ts";

interface Found {
  readonly code: ProblemCode;
  readonly from: number;
  readonly to: number;
  readonly values: MessageValues;
  readonly fixes?: readonly Fix[];
}

/** Keys that are set twice leave the document readable, so each is told; of other breaks only the first. */
export function syntaxProblems(text: string, parsed: Document.Parsed, lineAt: LineAt): Problem[] {
  const doubled = parsed.errors.filter((error) => error.code === "DUPLICATE_KEY");
  const broken = parsed.errors.find((error) => error.code !== "DUPLICATE_KEY");
  const template = templateAt(text, parsed, broken);
  const found =
    template !== null
      ? [{ code: "template" as const, from: template, to: template + 2, values: {} }]
      : [
          ...doubled.map((error) => duplicateKey(text, error, lineAt)),
          ...(broken === undefined ? [] : [breakOf(text, parsed, broken)]),
        ];
  return found.map(({ fixes = [], ...rest }) => ({
    severity: "error",
    ...rest,
    fixes,
    ...lineAt(rest.from),
  }));
}

/** Where a text that Helm has yet to fill in begins: "{{" opens a map whose key is a map, or breaks the syntax. */
function templateAt(text: string, parsed: Document.Parsed, broken: YAMLError | undefined): number | null {
  let at: number | null = null;
  visit(parsed, {
    Map(_, map) {
      if (!map.flow || !isMap(map.items[0]?.key)) return undefined;
      at = map.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  if (at !== null || broken === undefined) return at;
  const inside = /\{\{-?\s*[\w.$"(/]/.exec(text.slice(parsed.range[0], parsed.range[2]));
  return inside && parsed.range[0] + inside.index;
}

function duplicateKey(text: string, { pos: [from, to] }: YAMLError, lineAt: LineAt): Found {
  const key = /^[^:\n]*/.exec(text.slice(from))?.[0].trim() ?? "";
  const { column } = lineAt(from);
  const lines = text.slice(0, from).split("\n");
  const first = lines.findLastIndex((line, index) => {
    return index < lines.length - 1 && line.slice(column - 1).startsWith(`${key}:`);
  });
  return { code: "duplicateKey", from, to: Math.max(to, from + 1), values: { key, line: first + 1 } };
}

function breakOf(text: string, parsed: Document.Parsed, error: YAMLError): Found {
  const [from] = error.pos;
  const span = { from, to: Math.max(error.pos[1], from + 1) };
  const line = text.slice(text.lastIndexOf("\n", from - 1) + 1, endOfLine(text, from));
  if (error.code === "TAB_AS_INDENT")
    return { code: "tabIndent", ...span, values: {}, fixes: [untabbed(text)] };
  if (error.code === "MISSING_CHAR" && error.message.includes("quote")) return openQuote(parsed, span);
  if (error.code === "BLOCK_AS_IMPLICIT_KEY" && line.trimStart().includes(": "))
    return colonInText(text, span);
  if (INDENTATION.test(error.message)) return badIndent(text, from);
  return { code: "syntax", ...span, values: { message: error.message } };
}

const INDENTATION = /must start at the same column|without - indicator/;

/** The break is noticed at the end of the line before, or in the line itself. */
function badIndent(text: string, from: number): Found {
  const blank = /^[^\S\n]*\n+/.exec(text.slice(from))?.[0].length ?? 0;
  const at = text.lastIndexOf("\n", from + blank - 1) + 1;
  const n = /^ */.exec(text.slice(at))?.[0].length ?? 0;
  return { code: "badIndent", from: at, to: at + Math.max(1, n), values: { n } };
}

/** All tabs before the first letter of a line. */
function untabbed(text: string): Fix {
  const insert = text.replaceAll(/^[ \t]+/gm, (blank) => blank.replaceAll("\t", "  "));
  return { label: "⇥ → ␣␣", edit: { from: 0, to: text.length, insert } };
}

/** The parser notices it at the end of the text; the reader looks for where it opens. */
function openQuote(parsed: Document.Parsed, span: { from: number; to: number }): Found {
  let opened = span;
  visit(parsed, {
    Scalar(_, { type, range }) {
      if (isQuoted(type) && range) opened = { from: range[0], to: range[0] + 1 };
    },
  });
  return { code: "openQuote", ...opened, values: {} };
}

function isQuoted(type: unknown): boolean {
  return type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
}

function colonInText(text: string, { from }: { from: number }): Found {
  const to = endOfLine(text, from);
  const value = text.slice(from, to).trimEnd();
  const edit = { from, to, insert: JSON.stringify(value) };
  return { code: "colonInText", from, to, values: { value }, fixes: [{ label: edit.insert, edit }] };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
