/** The URL is the view: its path and its search parameters, typed. */

import { type Colouring, readColouring } from "./colours.ts";

export interface Selection {
  /** Lower-case kind: pod, node, deployment, … */
  readonly kind: string;
  /** "" for what has no namespace. */
  readonly namespace: string;
  readonly name: string;
}

export interface Address {
  readonly namespace: string;
  readonly query: string;
  readonly selection: Selection | null;
  /** The revision on screen; null is live. */
  readonly rev: number | null;
  /** The revision that the one on screen is compared with. */
  readonly compare: number | null;
  /** The inspector's tab; "" is its first. */
  readonly tab: string;
  /** Both ends of a packet's walk: "pod/shop/web-1", "svc/shop/api:80". Of a comparison the kind and the object. */
  readonly from: string;
  readonly to: string;
  /** What the hues of the map tell. */
  readonly colour: Colouring;
}

export const VIEWS = [
  "map",
  "work",
  "nodes",
  "net",
  "sched",
  "trace",
  "metrics",
  "events",
  "logs",
  "requests",
  "apply",
  "break",
  "compare",
] as const;
export type View = (typeof VIEWS)[number];

/** An object's own page is no view: it has no place in the rail. */
export const OBJECT_PAGE = "r";

/** A view and what its path says besides: `sched/shop/web-1` is the view sched with ["shop", "web-1"]. */
export interface Place {
  readonly view: View;
  readonly rest: readonly string[];
}

/** What the page below "/c/<id>/" shows: a view, or one object. */
export interface PagePlace {
  readonly view: View | typeof OBJECT_PAGE;
  readonly rest: readonly string[];
}

export const NOWHERE: Address = {
  namespace: "",
  query: "",
  selection: null,
  rev: null,
  compare: null,
  tab: "",
  from: "",
  to: "",
  colour: "status",
};

export function isView(text: string): text is View {
  return (VIEWS as readonly string[]).includes(text);
}

/** The part of a path after "/c/<id>/"; null when it names no view. Its segments are URI-encoded. */
export function parsePlace(path: string): PagePlace | null {
  const [view = "", ...rest] = path.split("/").filter((segment) => segment !== "");
  return isView(view) || view === OBJECT_PAGE ? { view, rest: rest.map(decoded) } : null;
}

export function formatPlace({ view, rest }: Place): string {
  return [view, ...rest.map(encodeURIComponent)].join("/");
}

export function readAddress(search: URLSearchParams): Address {
  return {
    namespace: search.get("ns") ?? "",
    query: search.get("q") ?? "",
    selection: parseSelection(search.get("sel") ?? ""),
    rev: parseRevision(search.get("rev")),
    compare: parseRevision(search.get("cmp")),
    tab: search.get("tab") ?? "",
    from: search.get("from") ?? "",
    to: search.get("to") ?? "",
    colour: readColouring(search.get("colour")),
  };
}

/** "?rev=…&ns=…&q=…&sel=…" without the empty ones; "" when all are empty. */
export function writeAddress(address: Address): string {
  const parts: string[] = [];
  if (address.rev !== null) parts.push(`rev=${String(address.rev)}`);
  if (address.namespace !== "") parts.push(`ns=${encode(address.namespace)}`);
  if (address.query !== "") parts.push(`q=${encode(address.query)}`);
  if (address.selection !== null) parts.push(`sel=${encode(formatSelection(address.selection))}`);
  if (address.tab !== "") parts.push(`tab=${encode(address.tab)}`);
  if (address.from !== "") parts.push(`from=${encode(address.from)}`);
  if (address.to !== "") parts.push(`to=${encode(address.to)}`);
  if (address.colour !== "status") parts.push(`colour=${address.colour}`);
  if (address.compare !== null) parts.push(`cmp=${String(address.compare)}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

/** "pod/shop/web-x", "node/_/node-1". */
export function formatSelection({ kind, namespace, name }: Selection): string {
  return `${kind}/${namespace === "" ? "_" : namespace}/${name}`;
}

export function parseSelection(text: string): Selection | null {
  const [kind, namespace, name, ...rest] = text.split("/");
  if (!kind || !namespace || !name || rest.length > 0) return null;
  return { kind, namespace: namespace === "_" ? "" : namespace, name };
}

export function isSameSelection(a: Selection | null, b: Selection | null): boolean {
  return a === b || (a !== null && b !== null && formatSelection(a) === formatSelection(b));
}

function parseRevision(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** Slashes, colons and commas stay readable; everything with a meaning in a query string is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
