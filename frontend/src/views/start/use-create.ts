import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { createCluster } from "../../api/clusters.ts";
import type { Cluster, NewCluster } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import type { ManifestText } from "../../model/documents.ts";
import { clusterUrl } from "../../ui/location.ts";
import { toast } from "../../ui/toasts.tsx";
import { applyWhenOpened } from "../apply/drafts.ts";

interface Wish {
  readonly cluster: NewCluster;
  /** Manifests that are to be applied in it. */
  readonly files?: readonly ManifestText[];
  readonly replace?: boolean;
}

/** Creates a cluster and goes there: to its map, or with manifests to Apply, where their result shows. */
export function useCreate() {
  const t = useT();
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  return useMutation<Cluster, Error, Wish>({
    mutationFn: ({ cluster }) => createCluster(cluster),
    onSuccess: (cluster, { files, replace = false }) => {
      queries.setQueryData(["cluster", cluster.id], cluster);
      void queries.invalidateQueries({ queryKey: ["clusters"] });
      if (files) applyWhenOpened(cluster.id, files);
      navigate(clusterUrl(cluster.id, files ? "apply" : "map"), { replace });
    },
    onError: (error) => {
      toast("bad", t("create.failed", { message: error.message }));
    },
  });
}
