/** Telling the others what we look at, and going where somebody else goes. */

import { useEffect, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { create } from "zustand";
import { formatSelection, type PagePlace } from "../../model/address.ts";
import {
  type Company,
  followedOf,
  goesAlong,
  leaderOf,
  lookOf,
  placeOf,
  selectionOf,
} from "../../model/people.ts";
import type { Person } from "../../model/wire.ts";
import { useConnection, useSession } from "../live.tsx";
import { clusterUrl, useAddress } from "../location.ts";

interface Standing extends Company {
  /** This page asks the others to come along. */
  readonly leads: boolean;
}

const ALONE: Standing = { following: null, declined: new Set(), leads: false };
const useStanding = create<Standing>(() => ALONE);

export function lead(leads: boolean): void {
  useStanding.setState({ leads, following: null });
}

export function follow(person: Person): void {
  useStanding.setState({ following: { id: person.id, name: person.name }, leads: false });
}

/** Goes one's own way from now on. */
export function leave(person: Person | null): void {
  const { declined } = useStanding.getState();
  useStanding.setState({
    following: null,
    declined: person === null ? declined : new Set([...declined, person.id]),
  });
}

/** Whoever has stopped presenting and begins again is a new question. */
function forgive(people: readonly Person[]): void {
  const { declined } = useStanding.getState();
  const kept = [...declined].filter((id) => people.some((each) => each.id === id && each.lead));
  if (kept.length < declined.size) useStanding.setState({ declined: new Set(kept) });
}

export function useLeads(): boolean {
  return useStanding((standing) => standing.leads);
}

/** Who is followed, and who asks to be. */
export function useCompany(): { readonly followed: Person | null; readonly leader: Person | null } {
  const people = useSession((session) => session.people);
  const standing = useStanding();
  const followed = followedOf(people, standing);
  return { followed, leader: followed === null && !standing.leads ? leaderOf(people, standing) : null };
}

export function useLook(place: PagePlace): void {
  const connection = useConnection();
  const { selection, rev } = useAddress();
  const leads = useLeads();
  const shown = selectionOf(place, selection);
  const sel = shown === null ? null : formatSelection(shown);
  const view = lookOf(place);
  useEffect(() => {
    connection.look({ view, sel, rev, lead: leads });
  }, [connection, view, sel, rev, leads]);
}

/** While somebody is followed, this page goes where they go; a move of one's own ends it. */
export function useFollowing(clusterId: string): void {
  const { followed, leader } = useCompany();
  const role = useSession((session) => session.role);
  const people = useSession((session) => session.people);
  useEffect(() => {
    forgive(people);
  }, [people]);
  const [path, navigate] = useLocation();
  const search = useSearch();
  const here = search === "" ? path : `${path}?${search}`;
  const place = followed && placeOf(followed);
  const target = place && clusterUrl(clusterId, place.view, place, place.rest);
  /** Where following has brought us. */
  const broughtTo = useRef<string | null>(null);
  useEffect(
    () => () => {
      useStanding.setState(ALONE);
    },
    [clusterId],
  );
  useEffect(() => {
    if (leader !== null && goesAlong(role)) follow(leader);
  }, [leader, role]);
  useEffect(() => {
    if (target === null) broughtTo.current = null;
    if (target === null || target === broughtTo.current) return;
    broughtTo.current = target;
    navigate(target, { replace: true });
  }, [target, navigate]);
  const lastFollowed = useRef(followed);
  useEffect(() => {
    lastFollowed.current = followed;
  });
  useEffect(() => {
    if (broughtTo.current !== null && !isSamePlace(here, broughtTo.current)) {
      broughtTo.current = null;
      leave(lastFollowed.current);
    }
  }, [here]);
}

/** Equal but for how their characters are escaped. */
function isSamePlace(a: string, b: string): boolean {
  try {
    return decodeURIComponent(a) === decodeURIComponent(b);
  } catch {
    return a === b;
  }
}
