/** The cluster page's URL as values, and the moves between URLs. */

import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import {
  type Address,
  formatPlace,
  NOWHERE,
  readAddress,
  type Selection,
  type View,
  writeAddress,
} from "../model/address.ts";
import { objectRoute } from "../model/kinds.ts";

export function useAddress(): Address {
  const search = useSearch();
  return useMemo(() => readAddress(new URLSearchParams(search)), [search]);
}

export function clusterUrl(
  id: string,
  view: View,
  address: Partial<Address> = {},
  rest: readonly string[] = [],
): string {
  const search = writeAddress({ ...NOWHERE, ...address });
  return `/c/${encodeURIComponent(id)}/${formatPlace({ view, rest })}${search}`;
}

/** An object's own page. */
export function objectUrl(id: string, selection: Selection, address: Partial<Address> = {}): string {
  const place = objectRoute(selection).map(encodeURIComponent).join("/");
  return `/c/${encodeURIComponent(id)}/r/${place}${writeAddress({ ...NOWHERE, ...address })}`;
}

/** Changes the search parameters of the present view. Selecting makes a step of history; typing a filter does not. */
export function useChangeAddress(): (change: Partial<Address>, options?: { replace?: boolean }) => void {
  const address = useAddress();
  const [path, navigate] = useLocation();
  return useCallback(
    (change, options = {}) => {
      navigate(`${path}${writeAddress({ ...address, ...change })}`, { replace: options.replace ?? false });
    },
    [address, path, navigate],
  );
}
