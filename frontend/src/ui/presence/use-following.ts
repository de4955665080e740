/** Telling the others what we look at, and going where somebody else goes. */

import { useEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { formatSelection, type PagePlace } from "../../model/address.ts";
import { placeOf } from "../../model/people.ts";
import type { Person } from "../../model/wire.ts";
import { useConnection, useSession } from "../live.tsx";
import { clusterUrl, useAddress } from "../location.ts";

export function useLook({ view }: PagePlace): void {
  const connection = useConnection();
  const { selection, rev } = useAddress();
  const sel = selection === null ? null : formatSelection(selection);
  useEffect(() => {
    connection.look({ view, sel, rev });
  }, [connection, view, sel, rev]);
}

interface Following {
  readonly followed: Person | null;
  /** null stops. */
  readonly follow: (id: string | null) => void;
}

/** While somebody is followed, this page goes where they go; a move of one's own ends it. */
export function useFollowing(clusterId: string): Following {
  const people = useSession((session) => session.people);
  const [id, setId] = useState<string | null>(null);
  const followed = people.find((each) => each.id === id && !each.me) ?? null;
  const [path, navigate] = useLocation();
  const search = useSearch();
  const here = search === "" ? path : `${path}?${search}`;
  const place = followed && placeOf(followed);
  const target = place && clusterUrl(clusterId, place.view, place);
  /** Where following has brought us. */
  const broughtTo = useRef<string | null>(null);
  useEffect(() => {
    if (target === null || target === broughtTo.current) return;
    broughtTo.current = target;
    navigate(target, { replace: true });
  }, [target, navigate]);
  useEffect(() => {
    if (broughtTo.current !== null && !isSamePlace(here, broughtTo.current)) {
      broughtTo.current = null;
      setId(null);
    }
  }, [here]);
  const follow = (next: string | null): void => {
    broughtTo.current = null;
    setId(next);
  };
  return { followed, follow };
}

/** Equal but for how their characters are escaped. */
function isSamePlace(a: string, b: string): boolean {
  try {
    return decodeURIComponent(a) === decodeURIComponent(b);
  } catch {
    return a === b;
  }
}
