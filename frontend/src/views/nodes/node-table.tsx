import { useT } from "../../i18n/index.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { NOBODY } from "../../model/pods.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import { STATUSES } from "../../model/status.ts";
import type { NodeRow } from "../../model/wire.ts";
import { Glyph } from "../../ui/glyph.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { NodeActions } from "./node-actions.tsx";
import styles from "./node-table.module.css";

/** All nodes with what the map shows of them: also the map's twin for those who can't see a canvas. */
export function NodeTable({ clusterId }: { clusterId: string }) {
  const t = useT();
  const cluster = useClusterEvery(500);
  const names = [...cluster.nodes.zones.values()].flat().filter((name) => name !== "");
  return (
    <div className={styles.scroller} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["name", "zone", "status", "pods", "cpu", "memory", "taints"] as const).map((column) => (
              <th key={column} scope="col">
                {t(`nodes.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const node = cluster.nodes.byName.get(name);
            return node && <NodeLine key={name} clusterId={clusterId} cluster={cluster} node={node} />;
          })}
        </tbody>
      </table>
    </div>
  );
}

interface NodeLineProps {
  readonly clusterId: string;
  readonly cluster: ClusterState;
  readonly node: NodeRow;
}

function NodeLine({ clusterId, cluster, node }: NodeLineProps) {
  const t = useT();
  const change = useChangeAddress();
  const { selection } = useAddress();
  const isSelected = selection?.kind === "node" && selection.name === node.n;
  return (
    <tr data-testid="node-row" data-name={node.n} data-ready={node.r} aria-current={isSelected || undefined}>
      <th scope="row">
        <button
          type="button"
          className={styles.open}
          onClick={() => {
            change({ selection: { kind: "node", namespace: "", name: node.n } });
          }}
        >
          {node.n}
        </button>
      </th>
      <td>{node.z}</td>
      <td className={node.r === 1 ? styles.ok : styles.bad}>
        {node.r === 1 ? t("nodes.ready") : node.r === 0 ? t("map.notReady") : t("map.unknown")}
        {node.s === 1 && <span className={styles.muted}> · {t("map.cordoned")}</span>}
      </td>
      <td>
        <PodCounts cluster={cluster} node={node} />
      </td>
      <td>
        <Share label={t("nodes.cpu")} used={node.c[1]} all={node.c[0]} format={formatCpu} />
      </td>
      <td>
        <Share label={t("nodes.memory")} used={node.m[1]} all={node.m[0]} format={formatMemory} />
      </td>
      <td className={styles.taints}>{node.ta.join(" ")}</td>
      <td>
        <NodeActions clusterId={clusterId} name={node.n} />
      </td>
    </tr>
  );
}

function PodCounts({ cluster, node }: { cluster: ClusterState; node: NodeRow }) {
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
          <span className={styles.hidden}> {t(`status.${slug}`)}</span>
        </span>
      ))}
    </span>
  );
}

interface ShareProps {
  readonly label: string;
  readonly used: number;
  readonly all: number;
  readonly format: (amount: number) => string;
}

function Share({ label, used, all, format }: ShareProps) {
  return (
    <span className={styles.share}>
      <meter aria-label={label} min={0} max={all} high={all * 0.8} optimum={0} value={Math.min(used, all)} />
      {format(used)} <span className={styles.muted}>/ {format(all)}</span>
    </span>
  );
}
