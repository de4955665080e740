/** The cluster on screen: the live one, or a picture of it at a past revision. */

import { useQuery } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { getPicture } from "../api/history.ts";
import type { ClusterState } from "../model/cluster.ts";
import { pastState, type Picture } from "../model/past.ts";
import { useConnection, useSession, useSimulatedNow } from "./live.tsx";

export interface Viewed {
  /** The revision asked for; null is live. */
  readonly rev: number | null;
  /** Why the picture can't be shown. */
  readonly error: Error | null;
  /** True until the picture of `rev` is on screen. */
  readonly isLoading: boolean;
  readonly current: () => ClusterState;
  readonly subscribe: (listener: () => void) => () => void;
}

const ViewedContext = createContext<Viewed | null>(null);

/** Pictures of the past are kept this long: going to and fro over a moment must not fetch it again. */
const KEPT_MS = 30_000;

export function ViewedProvider({
  clusterId,
  rev,
  children,
}: {
  clusterId: string;
  rev: number | null;
  children: ReactNode;
}) {
  const connection = useConnection();
  // The live cluster says where everything stands; the past leaves it there.
  const isOriented = useSession((session) => session.cluster.rev !== null);
  const [past] = useState(() => new Past(connection.session.cluster));
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: ["picture", clusterId, rev],
    queryFn: ({ signal }) => getPicture(clusterId, rev ?? 0, signal),
    enabled: rev !== null,
    placeholderData: (previous) => previous,
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
  });
  useEffect(() => {
    if (rev === null) past.forget();
    else if (data && isOriented) past.show(data, connection.session.cluster);
  }, [rev, data, isOriented, past, connection]);
  const viewed = useMemo<Viewed>(() => {
    const live = { current: () => connection.session.cluster, subscribe: connection.subscribe };
    const isLoading = rev !== null && (!isOriented || data === undefined || isPlaceholderData);
    const source = rev === null ? live : { current: past.current, subscribe: past.subscribe };
    return { rev, error: rev === null ? null : error, isLoading, ...source };
  }, [rev, error, data, isPlaceholderData, isOriented, past, connection]);
  return <ViewedContext value={viewed}>{children}</ViewedContext>;
}

/** Holds the picture on screen, so that the next one leaves in place what did not move. */
class Past {
  #state: ClusterState;
  #isEmpty = true;
  readonly #listeners = new Set<() => void>();

  constructor(state: ClusterState) {
    this.#state = state;
  }

  current = (): ClusterState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  show(picture: Picture, live: ClusterState): void {
    this.#state = pastState(this.#isEmpty ? live : this.#state, picture);
    this.#isEmpty = false;
    for (const listener of this.#listeners) listener();
  }

  forget(): void {
    this.#isEmpty = true;
  }
}

export function useViewed(): Viewed {
  const viewed = useContext(ViewedContext);
  if (viewed === null) throw new Error("a component that shows a cluster is outside ViewedProvider");
  return viewed;
}

/** What `select` takes from the cluster on screen. It must give the same object for unchanged data. */
export function useCluster<T>(select: (cluster: ClusterState) => T): T {
  const viewed = useViewed();
  return useSyncExternalStore(viewed.subscribe, () => select(viewed.current()));
}

/** The cluster on screen, at most once per `everyMs`: for what is costly to show, such as sorted tables. */
export function useClusterEvery(everyMs: number): ClusterState {
  const viewed = useViewed();
  const [cluster, setCluster] = useState(viewed.current);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (): void => {
      timer = undefined;
      setCluster(viewed.current());
    };
    take();
    const unsubscribe = viewed.subscribe(() => {
      timer ??= setTimeout(take, everyMs);
    });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [viewed, everyMs]);
  return cluster;
}

/** Simulated milliseconds at what is on screen: running while live, fixed in the past. */
export function useViewedNow(everyMs = 1000): number {
  const { rev } = useViewed();
  const now = useSimulatedNow(everyMs);
  const then = useCluster((cluster) => cluster.at);
  return rev === null ? now : then;
}

/** True when this person may change the cluster, and looks at the one that can be changed: the live one. */
export function useMayChange(): boolean {
  const { rev } = useViewed();
  const role = useSession((session) => session.role);
  return rev === null && (role === "owner" || role === "operate");
}
