/** Moving through the kept revisions: what the timeline's buttons and keys do. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useLocation } from "wouter";
import { runClock } from "../../api/clusters.ts";
import { forkCluster, getTimeline } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import { folded } from "../../model/folding.ts";
import { carriedOn, nextMarker, type Timeline } from "../../model/timeline.ts";
import { useConnection, useSession } from "../live.tsx";
import { clusterUrl, useAddress, useChangeAddress } from "../location.ts";
import { toast } from "../toasts.tsx";

/** As fine as the server has it: the strip folds what is empty. */
export const BUCKETS = 1000;
const REFRESH_MS = 5000;

interface Fetched {
  readonly timeline: Timeline | null;
  readonly error: Error | null;
}

/** The kept history, fetched now and then, and carried on between by what the live connection hears. */
export function useTimeline(clusterId: string): Fetched {
  const connection = useConnection();
  const { data, error } = useQuery({
    queryKey: ["timeline", clusterId],
    queryFn: () => getTimeline(clusterId, BUCKETS),
    refetchInterval: ({ state }) => (state.data?.rev === connection.session.cluster.rev ? false : REFRESH_MS),
    retry: false,
  });
  const rev = useSession((session) => session.cluster.rev) ?? 0;
  const at = useSession((session) => session.cluster.at);
  const markers = useSession((session) => session.markers);
  const timeline = useMemo(() => data && folded(carriedOn(data, rev, at, markers)), [data, rev, at, markers]);
  return { timeline: timeline ?? null, error: data ? null : error };
}

export interface Travel {
  /** null is live. */
  readonly rev: number | null;
  /** null, and any revision that is not in the past, is live. */
  readonly goTo: (rev: number | null, options?: { readonly replace?: boolean }) => void;
  readonly step: (by: 1 | -1) => void;
  readonly toMarker: (direction: 1 | -1) => void;
}

export function useTravel(timeline: Timeline | null): Travel {
  const { rev } = useAddress();
  const change = useChangeAddress();
  const connection = useConnection();
  const now = (): number => connection.session.cluster.rev ?? timeline?.rev ?? 0;
  const goTo: Travel["goTo"] = (wanted, { replace = rev !== null } = {}) => {
    const next = wanted === null || wanted >= now() ? null : Math.max(1, timeline?.kept_from ?? 1, wanted);
    if (next !== rev) change({ rev: next }, { replace: replace && next !== null });
  };
  return {
    rev,
    goTo,
    step: (by) => {
      goTo((rev ?? now()) + by);
    },
    toMarker: (direction) => {
      const found = nextMarker(timeline?.markers ?? [], rev ?? now(), direction);
      if (found !== null || direction === 1) goTo(found, { replace: false });
    },
  };
}

export function useFork(clusterId: string) {
  const t = useT();
  const { rev } = useAddress();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => forkCluster(clusterId, rev),
    onSuccess: (cluster) => {
      queries.setQueryData(["cluster", cluster.id], cluster);
      void queries.invalidateQueries({ queryKey: ["clusters"] });
      toast("good", t("time.forked"));
      navigate(clusterUrl(cluster.id, "map"));
    },
    onError: (error) => {
      toast("bad", t("time.forkFailed", { message: error.message }));
    },
  });
}

export type ClockRun =
  { readonly step: number } | { readonly until: string; readonly limit_s: number } | { readonly pause: true };

/** Single events and goals. An event can only be fired alone while the clock stands still, so it is stopped first. */
export function useRun(clusterId: string) {
  const t = useT();
  const isPaused = useSession((session) => session.clock.paused);
  return useMutation({
    mutationFn: async (run: ClockRun) => {
      if ("pause" in run || ("step" in run && !isPaused)) await runClock(clusterId, { paused: true });
      if (!("pause" in run)) await runClock(clusterId, run);
    },
    onError: (error) => {
      toast("bad", t("time.clockFailed", { message: error.message }));
    },
  });
}
