import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { getKubeObject, listKubeEvents } from "../../api/clusters.ts";
import { getObjectAt, type PastObject } from "../../api/history.ts";
import { ApiError } from "../../api/http.ts";
import type { Selection } from "../../model/address.ts";
import { findPod } from "../../model/cluster.ts";
import { type KubeObject, newestFirst } from "../../model/kube.ts";
import { eventsPath, historyPath, objectPath } from "../../model/kinds.ts";
import { useSession } from "../live.tsx";
import { useViewed } from "../viewed.tsx";

/** Kinds without a row in the live model are asked for again this often while they are open. */
const OTHER_KINDS_MS = 3000;
/** A pod in motion changes many times a second; its full object is fetched at most this often. */
const QUIET_MS = 250;

interface Watched {
  readonly object: KubeObject | undefined;
  readonly error: Error | null;
  /** The object existed, or may have, and exists no longer; `object` is then its last state. */
  readonly isGone: boolean;
  /** While the past is on screen: what is known of the object there. */
  readonly past: PastObject | null;
}

/** The selected object in full, fetched again whenever the live model says that it changed. */
export function useKubeObject(clusterId: string, selection: Selection): Watched {
  const { rev } = useViewed();
  const path = objectPath(selection);
  const mark = useSettled(useChangeMark(selection), QUIET_MS);
  const query = useQuery({
    queryKey: ["kube", clusterId, path, mark],
    queryFn: () => getKubeObject(clusterId, path ?? ""),
    enabled: path !== null && rev === null,
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[2] === path ? previous : undefined,
    retry: false,
    gcTime: 5000,
    refetchInterval: selection.kind === "pod" || selection.kind === "node" ? false : OTHER_KINDS_MS,
  });
  const isGone = query.error instanceof ApiError && query.error.status === 404;
  const last = useLast(path, query.data);
  const past = usePastObject(clusterId, selection);
  if (rev !== null) {
    return {
      object: past.data?.object ?? undefined,
      error: past.error,
      isGone: false,
      past: past.data ?? null,
    };
  }
  return { object: query.data ?? last, error: query.error, isGone: isGone || path === null, past: null };
}

/** The selected object as it was at the revision on screen. */
function usePastObject(clusterId: string, selection: Selection) {
  const { rev } = useViewed();
  const path = historyPath(selection);
  return useQuery({
    queryKey: ["past-object", clusterId, path, rev],
    queryFn: () => getObjectAt(clusterId, path, rev),
    enabled: rev !== null,
    placeholderData: (previous, previousQuery) =>
      previousQuery?.queryKey[2] === path ? previous : undefined,
    staleTime: Infinity,
    gcTime: 30_000,
    retry: false,
  });
}

/** The Events about an object, newest first; asked for again with every change of the object. */
export function useEvents(clusterId: string, object: KubeObject) {
  const { uid = "", namespace = "", resourceVersion = "" } = object.metadata;
  return useQuery({
    queryKey: ["events", clusterId, uid, resourceVersion],
    queryFn: async () => newestFirst(await listKubeEvents(clusterId, eventsPath(namespace, uid))),
    placeholderData: (previous, previousQuery) => (previousQuery?.queryKey[2] === uid ? previous : undefined),
    refetchInterval: OTHER_KINDS_MS,
    gcTime: 5000,
  });
}

/** A value that changes with every change of the selected object that the live model sees. */
function useChangeMark(selection: Selection): string {
  return useSession(({ cluster }) => {
    if (selection.kind === "node") {
      const node = cluster.nodes.byName.get(selection.name);
      return node === undefined ? "gone" : `${node.u} ${String(node.r)} ${String(node.s)} ${node.ta.join()}`;
    }
    if (selection.kind !== "pod") return "";
    const slot = findPod(cluster, selection.namespace, selection.name);
    if (slot === null) return "gone";
    const { pods } = cluster;
    const numbers = [
      pods.status[slot],
      pods.reason[slot],
      pods.ready[slot],
      pods.restarts[slot],
      pods.node[slot],
    ];
    return `${pods.uid[slot] ?? ""} ${numbers.join(" ")} ${pods.ip[slot] ?? ""}`;
  });
}

/** `value` at once, and from then on at most one change per `quietMs`. */
function useSettled(value: string, quietMs: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, quietMs);
    return () => {
      clearTimeout(timer);
    };
  }, [value, quietMs]);
  return settled;
}

/** The last object seen at `path`, so that a deleted object stays readable. */
function useLast(path: string | null, object: KubeObject | undefined): KubeObject | undefined {
  const [last, setLast] = useState({ path, object });
  if (object !== undefined && (last.object !== object || last.path !== path)) setLast({ path, object });
  return last.path === path ? last.object : undefined;
}
