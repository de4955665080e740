import { lazy, Suspense, useState } from "react";
import { useT } from "../../i18n/index.ts";
import { newHues } from "../../model/colours.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Legend } from "../../ui/legend.tsx";
import { clusterUrl } from "../../ui/location.ts";
import { usePreferences } from "../../ui/preferences.ts";
import { useCluster, useViewed } from "../../ui/viewed.tsx";
import { Link } from "wouter";
import { addFiles } from "../apply/drafts.ts";
import { EXAMPLE_MANIFEST } from "../apply/example-manifest.ts";
import { ColourLegend } from "./colour-legend.tsx";
import { ColourSelect } from "./colour-select.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import styles from "./map-view.module.css";
import { ZoomControl } from "./zoom-control.tsx";

/** The twin is for few, and has more to it than the map needs. */
const NodeTable = lazy(async () => ({ default: (await import("../nodes/node-table.tsx")).NodeTable }));

export function MapView({ clusterId }: { clusterId: string }) {
  const t = useT();
  const asTable = usePreferences((preferences) => preferences.mapAsTable);
  const past = useViewed().rev;
  const rev = useCluster((cluster) => cluster.rev);
  const [hues] = useState(newHues);
  const isEmpty = useCluster((cluster) => cluster.rev !== null && cluster.pods.size === 0);
  return (
    <section className={styles.view} aria-labelledby="map-title">
      <header className={styles.header}>
        <h2 id="map-title">{t("view.map")}</h2>
        <FilterBar />
        <span className={controls.spacer} />
        {!asTable && <ColourSelect />}
        <ZoomControl />
      </header>
      <Legend />
      {!asTable && <ColourLegend hues={hues} />}
      {isEmpty && past !== null && (
        <div className={styles.empty} data-testid="map-empty">
          {t("map.emptyThen", { rev: past })}
        </div>
      )}
      {isEmpty && past === null && (
        <div className={styles.empty} data-testid="map-empty">
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
        </div>
      )}
      {rev === null && <p className={controls.muted}>{t("app.loading")}</p>}
      {asTable ? (
        <Suspense fallback={<p className={controls.muted}>{t("app.loading")}</p>}>
          <NodeTable clusterId={clusterId} />
        </Suspense>
      ) : (
        <MapCanvas hues={hues} />
      )}
    </section>
  );
}
