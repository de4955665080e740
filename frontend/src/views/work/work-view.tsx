import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useT } from "../../i18n/index.ts";
import { findKind, type KindInfo, KINDS } from "../../model/kinds.ts";
import { listPods, type Order } from "../../model/podlist.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Legend } from "../../ui/legend.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import mapStyles from "../map/map-view.module.css";
import type { ViewProps } from "../view-props.ts";
import { KindList } from "./kind-list.tsx";
import { PodTable } from "./pod-table.tsx";

const REFRESH_MS = 250;

/** Pods live, and every other kind as kubectl lists it. The kind is part of the path: /work/deployments. */
export default function WorkView({ clusterId, rest }: ViewProps) {
  const info = findKind(rest[0] ?? "pods");
  if (info === null || info.kind === "Pod") return <Pods clusterId={clusterId} />;
  return (
    <section className={mapStyles.view} aria-labelledby="work-title">
      <header className={mapStyles.header}>
        <Title clusterId={clusterId} info={info} />
      </header>
      <KindList key={info.resource} clusterId={clusterId} info={info} />
    </section>
  );
}

/** The kind, which can be changed, and the filter. */
function Title({ clusterId, info }: { clusterId: string; info: KindInfo | null }) {
  const t = useT();
  const address = useAddress();
  const [, navigate] = useLocation();
  const kind = info?.resource ?? "pods";
  return (
    <>
      <h2 id="work-title">{info?.kind ?? t("work.title")}</h2>
      <select
        className={controls.input}
        aria-label={t("work.kind")}
        value={kind}
        data-testid="work-kind"
        onChange={({ target: { value } }) => {
          navigate(clusterUrl(clusterId, "work", address, value === "pods" ? [] : [value]));
        }}
      >
        {KINDS.map(({ resource }) => (
          <option key={resource} value={resource}>
            {resource}
          </option>
        ))}
      </select>
      <FilterBar {...(info && { placeholder: t("work.filter") })} />
    </>
  );
}

/** All pods; those that need a look come first. */
function Pods({ clusterId }: { clusterId: string }) {
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
        <Title clusterId={clusterId} info={null} />
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
