import { Link } from "wouter";
import { useT } from "../i18n/index.ts";
import controls from "../ui/controls.module.css";
import { clusterUrl, useAddress, useChangeAddress } from "../ui/location.ts";
import { useCluster, useViewed } from "../ui/viewed.tsx";
import { addFiles } from "./apply/drafts.ts";
import { EXAMPLE_MANIFEST } from "./apply/example-manifest.ts";
import styles from "./empty-pods.module.css";

/** Why there is no pod to see, and what to do about it. */
export function EmptyPods({ clusterId }: { clusterId: string }) {
  const t = useT();
  const change = useChangeAddress();
  const { query, namespace } = useAddress();
  const { rev } = useViewed();
  const all = useCluster((cluster) => (cluster.rev === null ? null : cluster.pods.size));
  if (all === null) return null;
  if (all > 0) {
    const isFiltered = query !== "" || namespace !== "";
    return (
      <div className={styles.empty} data-testid="filter-empty">
        {t("filter.none", { shown: 0, all })}
        {isFiltered && (
          <button
            type="button"
            className={controls.button}
            data-testid="filter-clear"
            onClick={() => {
              change({ query: "", namespace: "" });
            }}
          >
            {t("filter.clear")}
          </button>
        )}
      </div>
    );
  }
  return (
    <div className={styles.empty} data-testid="map-empty">
      {rev === null ? (
        <>
          <strong>{t("map.empty")}</strong> {t("map.emptyText")}{" "}
          <Link
            href={clusterUrl(clusterId, "apply")}
            className={controls.button}
            onClick={() => {
              addFiles(clusterId, [EXAMPLE_MANIFEST]);
            }}
          >
            {t("map.emptyAction")}
          </Link>
        </>
      ) : (
        <>
          {t("map.emptyThen", { rev })}{" "}
          <button
            type="button"
            className={controls.button}
            onClick={() => {
              change({ rev: null });
            }}
          >
            {t("help.live")}
          </button>
        </>
      )}
    </div>
  );
}
