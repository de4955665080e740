import { List, Network } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { useT } from "../../i18n/index.ts";
import { findKind, KINDS } from "../../model/kinds.ts";
import { listPods, type Order } from "../../model/podlist.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Legend } from "../../ui/legend.tsx";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { useClusterEvery, useViewedNow } from "../../ui/viewed.tsx";
import mapStyles from "../map/map-view.module.css";
import type { ViewProps } from "../view-props.ts";
import { EmptyPods } from "../empty-pods.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { KindList } from "./kind-list.tsx";
import { OwnerTree } from "./owner-tree.tsx";
import { podTarget } from "./pod-cells.tsx";
import { PodTable } from "./pod-table.tsx";
import { usePicks } from "./use-picks.ts";

const REFRESH_MS = 250;
/** The tree's place in the path; no kind is called so. */
const TREE = "owners";

/** Pods live, below their owners or as a list, and every other kind as kubectl lists it: /work/owners, /work/deployments. */
export default function WorkView({ clusterId, rest }: ViewProps) {
  const shown = rest[0] ?? "pods";
  const info = findKind(shown);
  if (shown === TREE) {
    return (
      <Page clusterId={clusterId} shown={TREE}>
        <Legend />
        <OwnerTree clusterId={clusterId} />
      </Page>
    );
  }
  if (info === null || info.kind === "Pod") return <Pods clusterId={clusterId} />;
  return (
    <Page clusterId={clusterId} shown={info.resource}>
      <KindList key={info.resource} clusterId={clusterId} info={info} />
    </Page>
  );
}

interface PageProps {
  readonly clusterId: string;
  /** A kind's plural, or TREE. */
  readonly shown: string;
  /** Behind the filter. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
}

/** What is shown, which can be changed, and the filter; below them the list or the tree. */
function Page({ clusterId, shown, note, children }: PageProps) {
  const t = useT();
  const address = useAddress();
  const [, navigate] = useLocation();
  const isOfPods = shown === "pods" || shown === TREE;
  const title = isOfPods ? t("work.title") : (findKind(shown)?.kind ?? shown);
  const urlOf = (what: string): string =>
    clusterUrl(clusterId, "work", address, what === "pods" ? [] : [what]);
  return (
    <section className={mapStyles.view} aria-labelledby="work-title">
      <header className={mapStyles.header}>
        <h2 id="work-title">{title}</h2>
        <span className={controls.row}>
          <Link
            href={urlOf(TREE)}
            className={controls.button}
            aria-current={shown === TREE ? "page" : undefined}
            data-testid="work-tree"
          >
            <Network /> {t("tree.show")}
          </Link>
          <Link
            href={urlOf("pods")}
            className={controls.button}
            aria-current={shown === TREE ? undefined : "page"}
            data-testid="work-list"
          >
            <List /> {t("tree.list")}
          </Link>
        </span>
        {shown !== TREE && (
          <select
            className={controls.input}
            aria-label={t("work.kind")}
            value={shown}
            data-testid="work-kind"
            onChange={({ target: { value } }) => {
              navigate(urlOf(value));
            }}
          >
            {KINDS.map(({ resource }) => (
              <option key={resource} value={resource}>
                {resource}
              </option>
            ))}
          </select>
        )}
        <FilterBar {...(isOfPods ? {} : { placeholder: t("work.filter") })} />
        {note}
      </header>
      {children}
    </section>
  );
}

/** All pods; those that need a look come first. */
function Pods({ clusterId }: { clusterId: string }) {
  const t = useT();
  const { query, namespace } = useAddress();
  const cluster = useClusterEvery(REFRESH_MS);
  const [order, setOrder] = useState<Order>({ column: "status", descending: false });
  const now = useViewedNow();
  const slots = useMemo(
    () => listPods(cluster, query, namespace, order, now),
    [cluster, query, namespace, order, now],
  );
  const picking = usePicks(slots.length, (index) => {
    const slot = slots[index];
    return slot === undefined ? null : podTarget(cluster, slot);
  });
  const all = cluster.pods.size;
  const isFiltered = query !== "" || namespace !== "";
  return (
    <Page
      clusterId={clusterId}
      shown="pods"
      note={
        <span className={controls.muted} role="status">
          {isFiltered ? t("filter.none", { shown: slots.length, all }) : t("work.count", { n: all })}
        </span>
      }
    >
      <Legend />
      {slots.length === 0 && <EmptyPods clusterId={clusterId} />}
      <PodTable cluster={cluster} slots={slots} order={order} onOrder={setOrder} picking={picking} />
      <BulkBar clusterId={clusterId} picking={picking} />
    </Page>
  );
}
