/** A kind's objects as the API server lays them out for kubectl: its own columns, its own words. */

import type { KubeMetadata } from "./kube.ts";

export interface ColumnDefinition {
  readonly name: string;
  /** 0 is always shown; others only when somebody asks for everything. */
  readonly priority: number;
}

export interface TableAnswer {
  readonly columnDefinitions: readonly ColumnDefinition[];
  readonly rows: readonly {
    readonly cells: readonly unknown[];
    readonly object: { readonly metadata: KubeMetadata };
  }[];
}

export interface KindRow {
  readonly name: string;
  /** "" for kinds without a namespace. */
  readonly namespace: string;
  /** Those of the shown columns. */
  readonly cells: readonly string[];
  /** Something makes it anew when it is gone. */
  readonly isControlled: boolean;
}

export interface KindTable {
  readonly columns: readonly string[];
  readonly rows: readonly KindRow[];
}

/** What is always shown, without the name: that has a column of its own. */
export function tableOf({ columnDefinitions, rows }: TableAnswer): KindTable {
  const shown = columnDefinitions.flatMap(({ name, priority }, index) =>
    priority === 0 && name !== "Name" ? [{ name, index }] : [],
  );
  return {
    columns: shown.map((column) => column.name),
    rows: rows.map(({ cells, object: { metadata } }) => ({
      name: metadata.name,
      namespace: metadata.namespace ?? "",
      cells: shown.map(({ index }) => textOf(cells[index])),
      isControlled: metadata.ownerReferences?.some((owner) => owner.controller) ?? false,
    })),
  };
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell as string | number | boolean);
}

/** Rows that have every word somewhere, of one namespace or of all. */
export function narrowed(rows: readonly KindRow[], words: string, namespace: string): KindRow[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return rows.filter((row) => {
    if (namespace !== "" && row.namespace !== "" && row.namespace !== namespace) return false;
    const text = [row.namespace, row.name, ...row.cells].join(" ").toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

const RATIO = /^(\d+)\/(\d+)$/;

/** "1/3" and the like: not everything is there. Such rows need a look, and come first. */
export function needsLook(row: KindRow): boolean {
  const ratio = ratioOf(row);
  return ratio !== null && ratio.ready < ratio.wanted;
}

/** What the first "1/3" of a row says; null without one. */
export function ratioOf({ cells }: KindRow): { readonly ready: number; readonly wanted: number } | null {
  const found = cells.map((cell) => RATIO.exec(cell)).find((each) => each !== null);
  return found == null ? null : { ready: Number(found[1]), wanted: Number(found[2]) };
}

export function urgentFirst(rows: readonly KindRow[]): KindRow[] {
  return rows.toSorted((a, b) => Number(needsLook(b)) - Number(needsLook(a)));
}
