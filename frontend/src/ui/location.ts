/** The cluster page's URL as values, and the moves between URLs. */

import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { type Address, readAddress, type View, writeAddress } from "../model/address.ts";

export function useAddress(): Address {
  const search = useSearch();
  return useMemo(() => readAddress(new URLSearchParams(search)), [search]);
}

export function clusterUrl(id: string, view: View, address?: Address): string {
  const search = address === undefined ? "" : writeAddress(address);
  return `/c/${encodeURIComponent(id)}/${view}${search}`;
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
