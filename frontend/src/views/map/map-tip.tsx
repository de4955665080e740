import { useLayoutEffect, useRef } from "react";
import { type Translate, useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { Hit } from "../../model/geometry.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import { statusOf } from "../../model/status.ts";
import { Glyph } from "../../ui/glyph.tsx";
import { useCluster, useViewedNow } from "../../ui/viewed.tsx";
import styles from "./map-tip.module.css";

const OFFSET = 14;

/** What the pointer is at, in a few words beside the pointer. */
export function MapTip({ hit, x, y }: { hit: Hit; x: number; y: number }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tip = ref.current;
    if (tip === null) return;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${String(x + OFFSET + width > innerWidth ? x - OFFSET - width : x + OFFSET)}px`;
    tip.style.top = `${String(y + OFFSET + height > innerHeight ? y - OFFSET - height : y + OFFSET)}px`;
  });
  return (
    <div ref={ref} className={styles.tip} role="tooltip" data-testid="map-tip">
      {hit.kind === "pod" ? <PodTip slot={hit.slot} /> : <NodeTip name={hit.name} />}
    </div>
  );
}

function PodTip({ slot }: { slot: number }) {
  const t = useT();
  const cluster = useCluster((state) => state);
  const now = useViewedNow();
  const { pods, strings } = cluster;
  const restarts = pods.restarts[slot] ?? 0;
  return (
    <>
      <strong>
        <Glyph status={statusOf(pods.status[slot] ?? 0).slug} /> {pods.name[slot]}
      </strong>
      <span>
        {strings.at(pods.reason[slot] ?? 0)} · {strings.at(pods.ready[slot] ?? 0)}
        {restarts > 0 && ` · ${t("map.restarts", { n: restarts })}`}
      </span>
      <span className={styles.muted}>
        {[strings.at(pods.namespace[slot] ?? 0), strings.at(pods.node[slot] ?? 0), pods.ip[slot]]
          .filter(Boolean)
          .join(" · ")}{" "}
        · {t("map.age", { age: formatAge(now - (pods.created[slot] ?? 0)) })}
      </span>
    </>
  );
}

function NodeTip({ name }: { name: string }) {
  const t = useT();
  const node = useCluster((cluster) => cluster.nodes.byName.get(name));
  const pods = useCluster((cluster) => cluster.pods.homes.get(cluster.strings.id(name))?.occupied ?? 0);
  if (node === undefined) return <strong>{name}</strong>;
  const cpu = t("map.requested", { used: formatCpu(node.c[1]), all: formatCpu(node.c[0]) });
  const memory = t("map.requested", { used: formatMemory(node.m[1]), all: formatMemory(node.m[0]) });
  return (
    <>
      <strong>{node.n}</strong>
      <span>
        {t("map.cpu")}: {cpu}
      </span>
      <span>
        {t("map.memory")}: {memory}
      </span>
      <span>
        {t("nodes.pods")}: {pods} / {node.p}
      </span>
      {node.ta.map((taint) => (
        <code key={taint}>{taint}</code>
      ))}
    </>
  );
}

/** A pod as one line of speech, for those who move through the map by keyboard. */
export function podText({ pods, strings }: ClusterState, slot: number, t: Translate): string {
  const status = t(`status.${statusOf(pods.status[slot] ?? 0).slug}`);
  const node = strings.at(pods.node[slot] ?? 0);
  return `${pods.name[slot] ?? ""}, ${status}, ${node === "" ? t("map.tray") : node}`;
}
