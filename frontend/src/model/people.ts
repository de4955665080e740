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

/** An actor as people call them: the store marks people with "user:", components have their own names. */
export function actorName(actor: string): string {
  return actor.replace(/^user:/, "");
}

/** The same for actors in a sentence. */
export function withoutMarks(sentence: string): string {
  return sentence.replaceAll(/\buser:(?=\w)/g, "");
}
