import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, ArchiveRestore, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { changeCluster, deleteCluster, listClusters } from "../../api/clusters.ts";
import type { Cluster } from "../../api/types.ts";
import { useLanguage, useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl } from "../../ui/location.ts";
import { toast } from "../../ui/toasts.tsx";
import { forgetDraft } from "../apply/drafts.ts";
import styles from "./start-view.module.css";

export function MyClusters() {
  const t = useT();
  const [archived, setArchived] = useState(false);
  const clusters = useQuery({ queryKey: ["clusters", archived], queryFn: () => listClusters(archived) });
  return (
    <section className={styles.block} aria-labelledby="mine-title">
      <div className={controls.row}>
        <h2 id="mine-title">{t("start.mine")}</h2>
        <span className={controls.spacer} />
        <button
          type="button"
          className={controls.quiet}
          aria-pressed={archived}
          data-testid="show-archived"
          onClick={() => {
            setArchived(!archived);
          }}
        >
          <Archive />
          {t(archived ? "start.showPresent" : "start.showArchived")}
        </button>
      </div>
      {clusters.error && <p className={controls.toneBad}>{clusters.error.message}</p>}
      {clusters.data?.length === 0 && (
        <p className={controls.muted}>{t(archived ? "start.archivedEmpty" : "start.mineEmpty")}</p>
      )}
      <ul className={styles.mine}>
        {clusters.data?.map((cluster) => (
          <ClusterLine key={cluster.id} cluster={cluster} archived={archived} />
        ))}
      </ul>
    </section>
  );
}

/** A change of one cluster in the list, which is fetched again after it. */
function useListChange<T>(change: (wish: T) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: ["clusters"] }),
    onError: (error) => {
      toast("bad", error.message);
    },
  });
}

function ClusterLine({ cluster, archived }: { cluster: Cluster; archived: boolean }) {
  const t = useT();
  const language = useLanguage();
  const [isNaming, setNaming] = useState(false);
  return (
    <li className={styles.line} data-testid="my-cluster">
      {isNaming ? (
        <Rename
          cluster={cluster}
          onDone={() => {
            setNaming(false);
          }}
        />
      ) : (
        <Link href={clusterUrl(cluster.id, "map")}>{cluster.name}</Link>
      )}
      <span className={controls.muted}>
        {t(`role.name.${cluster.role}`)} · {new Date(cluster.created_at).toLocaleString(language)}
      </span>
      <span className={controls.spacer} />
      {cluster.role === "owner" && (
        <OwnerButtons
          cluster={cluster}
          archived={archived}
          onRename={() => {
            setNaming(!isNaming);
          }}
        />
      )}
    </li>
  );
}

function Rename({ cluster, onDone }: { cluster: Cluster; onDone: () => void }) {
  const t = useT();
  const [name, setName] = useState(cluster.name);
  const save = useListChange(async () => {
    await changeCluster(cluster.id, { name: name.trim() });
    onDone();
  });
  return (
    <form
      className={controls.row}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") save.mutate(undefined);
      }}
    >
      <input
        className={controls.input}
        aria-label={t("start.renameNamed", { name: cluster.name })}
        value={name}
        maxLength={63}
        autoFocus
        data-testid="cluster-rename"
        onChange={(event) => {
          setName(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") onDone();
        }}
      />
      <button type="submit" className={controls.button} disabled={save.isPending}>
        {t("presence.save")}
      </button>
    </form>
  );
}

interface OwnerButtonsProps {
  readonly cluster: Cluster;
  readonly archived: boolean;
  readonly onRename: () => void;
}

function OwnerButtons({ cluster, archived, onRename }: OwnerButtonsProps) {
  const t = useT();
  const { name } = cluster;
  const remove = useListChange(async () => {
    await deleteCluster(cluster.id);
    forgetDraft(cluster.id);
  });
  const put = useListChange((away: boolean) => changeCluster(cluster.id, { archived: away }));
  const button = (label: string, testId: string, icon: React.ReactNode, act: () => void) => (
    <button
      type="button"
      className={controls.icon}
      aria-label={label}
      title={label}
      disabled={remove.isPending || put.isPending}
      data-testid={testId}
      onClick={act}
    >
      {icon}
    </button>
  );
  return (
    <>
      {button(t("start.renameNamed", { name }), "cluster-rename-open", <Pencil />, onRename)}
      {button(
        t(archived ? "start.restoreNamed" : "start.archiveNamed", { name }),
        "cluster-archive",
        archived ? <ArchiveRestore /> : <Archive />,
        () => {
          put.mutate(!archived);
        },
      )}
      {button(t("start.deleteNamed", { name }), "cluster-delete", <Trash2 />, () => {
        if (confirm(t("start.deleteSure", { name }))) remove.mutate(undefined);
      })}
    </>
  );
}
