import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { Link } from "wouter";
import { deleteCluster, listClusters } from "../../api/clusters.ts";
import type { Cluster } from "../../api/types.ts";
import { useLanguage, useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl } from "../../ui/location.ts";
import { toast } from "../../ui/toasts.tsx";
import { forgetDraft } from "../apply/drafts.ts";
import styles from "./start-view.module.css";

export function MyClusters() {
  const t = useT();
  const clusters = useQuery({ queryKey: ["clusters"], queryFn: listClusters });
  return (
    <section className={styles.block} aria-labelledby="mine-title">
      <h2 id="mine-title">{t("start.mine")}</h2>
      {clusters.error && <p className={controls.toneBad}>{clusters.error.message}</p>}
      {clusters.data?.length === 0 && <p className={controls.muted}>{t("start.mineEmpty")}</p>}
      <ul className={styles.mine}>
        {clusters.data?.map((cluster) => (
          <ClusterLine key={cluster.id} cluster={cluster} />
        ))}
      </ul>
    </section>
  );
}

function ClusterLine({ cluster }: { cluster: Cluster }) {
  const t = useT();
  const language = useLanguage();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteCluster(cluster.id),
    onSuccess: () => {
      forgetDraft(cluster.id);
      return queries.invalidateQueries({ queryKey: ["clusters"] });
    },
    onError: (error) => {
      toast("bad", error.message);
    },
  });
  return (
    <li className={styles.line} data-testid="my-cluster">
      <Link href={clusterUrl(cluster.id, "map")}>{cluster.name}</Link>
      <span className={controls.muted}>
        {t(`role.name.${cluster.role}`)} · {new Date(cluster.created_at).toLocaleString(language)}
      </span>
      <span className={controls.spacer} />
      {cluster.role === "owner" && (
        <button
          type="button"
          className={controls.icon}
          aria-label={t("start.deleteNamed", { name: cluster.name })}
          title={t("start.delete")}
          disabled={remove.isPending}
          onClick={() => {
            if (confirm(t("start.deleteSure", { name: cluster.name }))) remove.mutate();
          }}
        >
          <Trash2 />
        </button>
      )}
    </li>
  );
}
