import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { listRenewals, listUsage } from "../../api/nodes.ts";
import type { Usage } from "../../model/nodeload.ts";
import { useCluster, useViewed } from "../../ui/viewed.tsx";

export interface NodeFacts {
  readonly usage: ReadonlyMap<string, Usage>;
  /** Unix milliseconds of the last renewal. */
  readonly renewals: ReadonlyMap<string, number>;
}

const NOTHING = new Map<string, never>();
/** The more nodes, the seldomer: an answer has a line for each. */
const REFRESH_MS = 3000;
const PER_NODE_MS = 10;

/** What is known of nodes besides their rows. It is known of now only. */
export function useNodeFacts(clusterId: string): NodeFacts {
  const { rev } = useViewed();
  const nodes = useCluster((cluster) => cluster.nodes.byName.size);
  const options = {
    enabled: rev === null,
    placeholderData: keepPreviousData,
    refetchInterval: REFRESH_MS + PER_NODE_MS * nodes,
    retry: false,
  };
  const usage = useQuery({
    queryKey: ["node-usage", clusterId],
    queryFn: () => listUsage(clusterId),
    ...options,
  });
  const leases = useQuery({
    queryKey: ["leases", clusterId],
    queryFn: () => listRenewals(clusterId),
    ...options,
  });
  if (rev !== null) return { usage: NOTHING, renewals: NOTHING };
  return { usage: usage.data ?? NOTHING, renewals: leases.data ?? NOTHING };
}
