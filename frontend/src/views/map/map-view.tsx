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
import { ColourSelect } from "./colour-select.tsx";
import { MapCanvas } from "./map-canvas.tsx";
import styles from "./map-view.module.css";
import { ZoomControl } from "./zoom-control.tsx";

/** What few look at comes when it is asked for. */
const ZoneCards = lazy(async () => ({ default: (await import("./zone-cards.tsx")).ZoneCards }));
const ColourLegend = lazy(async () => ({ default: (await import("./colour-legend.tsx")).ColourLegend }));
const NodeTable = lazy(async () => ({ default: (await import("../nodes/node-table.tsx")).NodeTable }));

export function MapView({ clusterId }: { clusterId: string }) {
  const t = useT();
  const asTable = usePreferences((preferences) => preferences.mapAsTable);
  const rev = useCluster((cluster) => cluster.rev);
  const zoom = usePreferences((preferences) => preferences.mapPitch);
  const [pitch, setPitch] = useState(20);
  const [hues] = useState(newHues);
  const { query, namespace, colour } = useAddress();
  const isEmpty = useCluster((cluster) => cluster.rev !== null && !anyPod(cluster, query, namespace));
  return (
    <section className={styles.view} aria-labelledby="map-title">
      <header className={styles.header}>
        <h2 id="map-title">{t("view.map")}</h2>
        <FilterBar />
        <span className={controls.spacer} />
        {!asTable && <ColourSelect />}
        <ZoomControl pitch={pitch} />
      </header>
      <Legend />
      {!asTable && colour !== "status" && (
        <Suspense>
          <ColourLegend hues={hues} />
        </Suspense>
      )}
      {isEmpty && <EmptyPods clusterId={clusterId} />}
      {rev === null && <p className={controls.muted}>{t("app.loading")}</p>}
      <Suspense fallback={<p className={controls.muted}>{t("app.loading")}</p>}>
        {asTable ? (
          <NodeTable clusterId={clusterId} />
        ) : zoom === "zones" ? (
          <ZoneCards />
        ) : (
          <MapCanvas hues={hues} pitch={zoom} onPitch={setPitch} />
        )}
      </Suspense>
    </section>
  );
}
