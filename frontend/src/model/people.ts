/** The others: where they are, as an address of our own page. */

import { isView, parseSelection, type Selection, type View } from "./address.ts";
import type { Person } from "./wire.ts";

export interface SeenPlace {
  readonly view: View;
  readonly selection: Selection | null;
  readonly rev: number | null;
}

/** A view that this page doesn't know, from a newer one, is shown as the map. */
export function placeOf({ view, sel, rev }: Pick<Person, "view" | "sel" | "rev">): SeenPlace {
  return { view: isView(view) ? view : "map", selection: parseSelection(sel ?? ""), rev };
}
