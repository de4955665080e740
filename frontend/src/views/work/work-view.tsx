import { useMemo, useState } from "react";
import { useT } from "../../i18n/index.ts";
import { listPods, type Order } from "../../model/podlist.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Legend } from "../../ui/legend.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import mapStyles from "../map/map-view.module.css";
import { PodTable } from "./pod-table.tsx";

const REFRESH_MS = 250;

/** All pods as kubectl lists them; those that need a look come first. */
export default function WorkView() {
  const t = useT();
  const { query, namespace } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(REFRESH_MS);
  const [order, setOrder] = useState<Order>({ column: "status", descending: false });
  const slots = useMemo(() => listPods(cluster, query, namespace, order), [cluster, query, namespace, order]);
  const all = cluster.pods.size;
  const isFiltered = query !== "" || namespace !== "";
  return (
    <section className={mapStyles.view} aria-labelledby="work-title">
      <header className={mapStyles.header}>
        <h2 id="work-title">{t("work.title")}</h2>
        <FilterBar />
        <span className={controls.muted} role="status">
          {isFiltered ? t("filter.none", { shown: slots.length, all }) : t("work.count", { n: all })}
        </span>
        {isFiltered && slots.length === 0 && (
          <button
            type="button"
            className={controls.button}
            onClick={() => {
              change({ query: "", namespace: "" });
            }}
          >
            {t("filter.clear")}
          </button>
        )}
      </header>
      <Legend />
      <PodTable cluster={cluster} slots={slots} order={order} onOrder={setOrder} />
    </section>
  );
}
