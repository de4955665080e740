/** A manifest's documents with the place of every value: what all rules look at. */

import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Pair,
  parseAllDocuments,
} from "yaml";
import type { Problem } from "./problem.ts";
import { syntaxProblems } from "./syntax.ts";

export type Path = readonly (string | number)[];

/** Offsets into the text; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface ManifestDocument {
  readonly index: number;
  readonly apiVersion: string;
  readonly kind: string;
  /** As written; "" when it says none. */
  readonly namespace: string;
  readonly name: string;
  readonly start: number;
  readonly line: number;
  readonly value: unknown;
  readonly parsed: Document.Parsed;
  /** False when its syntax is broken: then what was read of it is a guess. */
  readonly isWhole: boolean;
}

/** 1-based. */
export type LineAt = (offset: number) => { readonly line: number; readonly column: number };

export interface Manifest {
  readonly documents: readonly ManifestDocument[];
  readonly problems: readonly Problem[];
  readonly lineAt: LineAt;
}

/** As many documents as one draft is looked at. */
const MOST_DOCUMENTS = 500;

export function readManifest(text: string): Manifest {
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: Problem[] = [];
  const documents: ManifestDocument[] = [];
  const all = Array.isArray(parsed) ? parsed.slice(0, MOST_DOCUMENTS) : [];
  for (const parsed of all) {
    const faults = syntaxProblems(text, parsed, lineAt);
    problems.push(...faults);
    const { contents } = parsed;
    if (contents === null || (isScalar(contents) && contents.value === null)) continue;
    const start = contents.range[0];
    const isWhole = faults.every((fault) => fault.code === "duplicateKey");
    const value = isMap(contents) ? valueOf(parsed) : null;
    const index = documents.length;
    documents.push({ index, start, line: lineAt(start).line, value, parsed, isWhole, ...identity(value) });
  }
  return { documents, problems, lineAt };
}

/** Aliases that multiply without end are an error of the document, not of the page. */
function valueOf(parsed: Document.Parsed): unknown {
  try {
    return parsed.toJS({ maxAliasCount: 100 });
  } catch {
    return null;
  }
}

/** Who an object says that it is; "" for what it does not say. */
export function identity(
  value: unknown,
): Pick<ManifestDocument, "apiVersion" | "kind" | "namespace" | "name"> {
  const text = (path: Path): string => {
    const found = valueAt(value, path);
    return typeof found === "string" ? found : "";
  };
  return {
    apiVersion: text(["apiVersion"]),
    kind: text(["kind"]),
    namespace: text(["metadata", "namespace"]),
    name: text(["metadata", "name"]),
  };
}

export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  return found;
}

export function recordAt(value: unknown, path: Path): Readonly<Record<string, unknown>> | null {
  const found = valueAt(value, path);
  return typeof found === "object" && found !== null && !Array.isArray(found)
    ? (found as Record<string, unknown>)
    : null;
}

/** Where a value is written; its key when it has none; the document's beginning when it isn't there. */
export function spanOf({ parsed, start }: ManifestDocument, path: Path): Span {
  const node = parsed.getIn(path, true);
  const range = isNode(node) ? node.range : null;
  return range ? { from: range[0], to: Math.max(range[1], range[0] + 1) } : { from: start, to: start + 1 };
}

/** Where the last key of a path is written. */
export function keySpanOf(owner: ManifestDocument, path: Path): Span {
  const key = path.at(-1);
  const parent = path.length > 1 ? owner.parsed.getIn(path.slice(0, -1), true) : owner.parsed.contents;
  if (!isMap(parent)) return spanOf(owner, path);
  const pair = parent.items.find(
    (each: Pair) => isScalar(each.key) && String(each.key.value) === String(key),
  );
  const range = isPair(pair) && isScalar(pair.key) ? pair.key.range : null;
  return range ? { from: range[0], to: range[1] } : spanOf(owner, path);
}

/** "spec.containers[0].image" */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${String(step)}]` : text === "" ? step : `${text}.${step}`,
    "",
  );
}
