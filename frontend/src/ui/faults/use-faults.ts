/** The faults that are active in what is on screen. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { listFaults, removeFault } from "../../api/faults.ts";
import { useT } from "../../i18n/index.ts";
import type { Fault } from "../../model/faults.ts";
import { useSession } from "../live.tsx";
import { toast } from "../toasts.tsx";
import { useViewed } from "../viewed.tsx";

const NONE: readonly Fault[] = [];

/** Asked for again whenever the timeline hears of one that begins or ends. */
export function useFaults(clusterId: string): readonly Fault[] {
  const { rev } = useViewed();
  const heard = useSession(({ markers }) => markers.findLast((each) => each.kind === "fault")?.rev ?? 0);
  const isOpen = useSession((session) => session.cluster.rev !== null);
  const { data } = useQuery({
    queryKey: ["faults", clusterId, rev ?? "live", rev === null ? heard : 0],
    queryFn: () => listFaults(clusterId, rev),
    enabled: isOpen,
    placeholderData: (previous) => previous,
    retry: false,
  });
  return data ?? NONE;
}

export function useRemoveFault(clusterId: string) {
  const t = useT();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (fault: Fault) => removeFault(clusterId, fault.id),
    onError: (error) => {
      toast("bad", t("faults.removeFailed", { message: error.message }));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["faults", clusterId] }),
  });
}
