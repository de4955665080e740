import { lazy, Suspense, useState } from "react";
import { useT } from "../../i18n/index.ts";
import { newHues } from "../../model/colours.ts";
import { anyPod } from "../../model/filter.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Legend } from "../../ui/legend.tsx";
import { useAddress } from "../../ui/location.ts";
import { usePreferences } from "../../ui/preferences.ts";
import { useCluster } from "../../ui/viewed.tsx";
import { EmptyPods } from "../empty-pods.tsx";
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
  const rev = useCluster((cluster) => cluster.rev);
  const [hues] = useState(newHues);
  const { query, namespace } = useAddress();
  const isEmpty = useCluster((cluster) => cluster.rev !== null && !anyPod(cluster, query, namespace));
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
      {isEmpty && <EmptyPods clusterId={clusterId} />}
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
