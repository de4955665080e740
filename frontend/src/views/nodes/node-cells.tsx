import { useT } from "../../i18n/index.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { NOBODY } from "../../model/pods.ts";
import { STATUSES } from "../../model/status.ts";
import type { NodeRow } from "../../model/wire.ts";
import controls from "../../ui/controls.module.css";
import { Glyph } from "../../ui/glyph.tsx";
import styles from "./node-table.module.css";

export function Readiness({ node }: { node: NodeRow }) {
  const t = useT();
  return (
    <span className={node.r === 1 ? controls.toneOk : controls.toneBad}>
      {node.r === 1 ? t("nodes.ready") : node.r === 0 ? t("map.notReady") : t("map.unknown")}
      {node.s === 1 && <span className={controls.toneWait}> · {t("map.cordoned")}</span>}
    </span>
  );
}

/** How many pods of how many, and of which status. */
export function PodCounts({ cluster, node }: { cluster: ClusterState; node: NodeRow }) {
  const t = useT();
  const home = cluster.pods.homes.get(cluster.strings.id(node.n));
  const counts = new Uint32Array(STATUSES.length);
  for (const slot of home?.cells ?? []) {
    const status = slot === NOBODY ? undefined : cluster.pods.status[slot];
    if (status !== undefined) counts[status] = (counts[status] ?? 0) + 1;
  }
  return (
    <span className={styles.counts}>
      <b>
        {home?.occupied ?? 0}
        <span className={styles.muted}> / {node.p}</span>
      </b>
      {STATUSES.filter(({ code }) => (counts[code] ?? 0) > 0).map(({ slug, code }) => (
        <span key={slug} title={t(`status.${slug}`)}>
          <Glyph status={slug} size={11} /> {counts[code]}
          <span className={controls.hidden}> {t(`status.${slug}`)}</span>
        </span>
      ))}
    </span>
  );
}

interface LoadProps {
  readonly label: string;
  readonly requested: number;
  /** Of the node, for pods. */
  readonly allocatable: number;
  /** undefined: not known. */
  readonly used: number | undefined;
  readonly format: (amount: number) => string;
}

/** What is asked for above what is used, both of what there is. */
export function Load({ label, requested, allocatable, used, format }: LoadProps) {
  const t = useT();
  return (
    <span className={styles.load}>
      <Bar label={t("nodes.requestedOf", { what: label })} amount={requested} all={allocatable} />
      <span>
        {format(requested)} <span className={styles.muted}>/ {format(allocatable)}</span>
      </span>
      {used !== undefined && (
        <>
          <Bar label={t("nodes.usedOf", { what: label })} amount={used} all={allocatable} thin />
          <span className={styles.used}>{t("nodes.used", { used: format(used) })}</span>
        </>
      )}
    </span>
  );
}

function Bar({
  label,
  amount,
  all,
  thin = false,
}: {
  label: string;
  amount: number;
  all: number;
  thin?: boolean;
}) {
  return (
    <meter
      aria-label={label}
      title={label}
      className={thin ? styles.thin : undefined}
      min={0}
      max={all}
      high={all * 0.8}
      optimum={0}
      value={Math.min(amount, all)}
    />
  );
}
