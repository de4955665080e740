/** The others: where they are, as an address of our own page, and whom one goes along with. */

import {
  formatPlace,
  OBJECT_PAGE,
  type PagePlace,
  parsePlace,
  parseSelection,
  type Place,
  type Selection,
} from "./address.ts";
import { parseObjectRoute } from "./kinds.ts";
import type { Person, Role } from "./wire.ts";

export interface SeenPlace extends Place {
  readonly selection: Selection | null;
  readonly rev: number | null;
}

/** As long a place as the server passes on. */
const LONGEST = 200;

/** What others are told of the place on screen: the view, and the rest of its path if that fits. */
export function lookOf({ view, rest }: PagePlace): string {
  const whole = view === OBJECT_PAGE ? view : formatPlace({ view, rest });
  return whole.length <= LONGEST ? whole : view;
}

/** A view that this page doesn't know, from a newer one, is shown as the map; so is an object's own page, with the object. */
export function placeOf({ view, sel, rev }: Pick<Person, "view" | "sel" | "rev">): SeenPlace {
  const found = parsePlace(view);
  const place: Place =
    found === null || found.view === OBJECT_PAGE
      ? { view: "map", rest: [] }
      : { view: found.view, rest: found.rest };
  return { ...place, selection: parseSelection(sel ?? ""), rev };
}

/** The object of an object's own page, which its address has in the path. */
export function selectionOf({ view, rest }: PagePlace, selection: Selection | null): Selection | null {
  return view === OBJECT_PAGE ? parseObjectRoute(rest) : selection;
}

export interface Company {
  /** Whom this page goes along with. */
  readonly following: { readonly id: string; readonly name: string } | null;
  /** Leaders that this page has left, or would not follow. */
  readonly declined: ReadonlySet<string>;
}

/** Who is followed now. Somebody whose connection was lost comes back under another id, and leads on. */
export function followedOf(people: readonly Person[], { following }: Company): Person | null {
  if (following === null) return null;
  const others = people.filter((each) => !each.me);
  return (
    others.find((each) => each.id === following.id) ??
    others.find((each) => each.lead && each.name === following.name) ??
    null
  );
}

/** Who presents and has not been answered yet. */
export function leaderOf(people: readonly Person[], { declined }: Company): Person | null {
  return people.find((each) => each.lead && !each.me && !declined.has(each.id)) ?? null;
}

/** Whoever may only look goes along at once; the others are asked. */
export function goesAlong(role: Role | null): boolean {
  return role === "view";
}

/** An actor as people call them: the store marks people with "user:", components have their own names. */
export function actorName(actor: string): string {
  return actor.replace(/^user:/, "");
}

/** The same for actors in a sentence. */
export function withoutMarks(sentence: string): string {
  return sentence.replaceAll(/\buser:(?=\w)/g, "");
}
