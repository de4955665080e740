/** Which rows of a list are picked: any number, one by one or from the last one to this one. */

import { keyOf, type Target } from "./actions.ts";

export interface Picks {
  readonly targets: ReadonlyMap<string, Target>;
  /** The row that was picked last: where a range begins. */
  readonly anchor: string;
}

export const NO_PICKS: Picks = { targets: new Map(), anchor: "" };

/** Picks a row, or drops it when it was picked. */
export function pick({ targets }: Picks, target: Target): Picks {
  const key = keyOf(target);
  const next = new Map(targets);
  if (!next.delete(key)) next.set(key, target);
  return { targets: next, anchor: key };
}

/** Picks all from the anchor to row `index` of a list in the order of `at`; without an anchor, that row. */
export function pickTo(
  picks: Picks,
  index: number,
  count: number,
  at: (index: number) => Target | null,
): Picks {
  const from = indexOf(picks.anchor, count, at);
  const last = at(index);
  if (last === null) return picks;
  if (from < 0) return pick(picks, last);
  const targets = new Map(picks.targets);
  for (let each = Math.min(from, index); each <= Math.max(from, index); each += 1) {
    const target = at(each);
    if (target !== null) targets.set(keyOf(target), target);
  }
  return { targets, anchor: keyOf(last) };
}

/** Picks all rows, or drops them when all are picked. */
export function pickAll({ targets }: Picks, count: number, at: (index: number) => Target | null): Picks {
  const all = new Map<string, Target>();
  for (let index = 0; index < count; index += 1) {
    const target = at(index);
    if (target !== null) all.set(keyOf(target), target);
  }
  const isAll = [...all.keys()].every((key) => targets.has(key));
  return isAll ? NO_PICKS : { targets: all, anchor: "" };
}

/** Without those that something was done to. */
export function drop({ targets, anchor }: Picks, done: readonly Target[]): Picks {
  const next = new Map(targets);
  for (const target of done) next.delete(keyOf(target));
  return { targets: next, anchor };
}

function indexOf(key: string, count: number, at: (index: number) => Target | null): number {
  if (key === "") return -1;
  for (let index = 0; index < count; index += 1) {
    const target = at(index);
    if (target !== null && keyOf(target) === key) return index;
  }
  return -1;
}
