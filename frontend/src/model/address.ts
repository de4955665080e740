/** The URL is the view: its search parameters, typed. */

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
}

export const VIEWS = ["map", "work", "nodes", "apply"] as const;
export type View = (typeof VIEWS)[number];

export function isView(text: string): text is View {
  return (VIEWS as readonly string[]).includes(text);
}

export function readAddress(search: URLSearchParams): Address {
  return {
    namespace: search.get("ns") ?? "",
    query: search.get("q") ?? "",
    selection: parseSelection(search.get("sel") ?? ""),
  };
}

/** "?ns=…&q=…&sel=…" without the empty ones; "" when all are empty. */
export function writeAddress(address: Address): string {
  const parts: string[] = [];
  if (address.namespace !== "") parts.push(`ns=${encode(address.namespace)}`);
  if (address.query !== "") parts.push(`q=${encode(address.query)}`);
  if (address.selection !== null) parts.push(`sel=${encode(formatSelection(address.selection))}`);
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

/** Slashes, colons and commas stay readable; everything with a meaning in a query string is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}
