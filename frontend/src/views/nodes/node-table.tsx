import { useState } from "react";
import { useT } from "../../i18n/index.ts";
import type { Target } from "../../model/actions.ts";
import { formatAge } from "../../model/age.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import type { NodeRow } from "../../model/wire.ts";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { useClusterEvery, useViewedNow } from "../../ui/viewed.tsx";
import { type RowProps, VirtualList } from "../../ui/virtual-list.tsx";
import { BulkBar } from "../work/bulk-bar.tsx";
import { PickAllBox, PickBox } from "../work/pick-box.tsx";
import { NameCell } from "../work/pod-cells.tsx";
import { usePicks } from "../work/use-picks.ts";
import { DrainDialog } from "./drain-dialog.tsx";
import { NodeActions } from "./node-actions.tsx";
import { Load, PodCounts, Readiness } from "./node-cells.tsx";
import styles from "./node-table.module.css";
import { useNodeFacts } from "./use-node-facts.ts";

const COLUMNS =
  "32px minmax(124px, 1.2fr) minmax(64px, 0.7fr) minmax(104px, 1fr) minmax(120px, 1.1fr) minmax(180px, 1.4fr) minmax(200px, 1.4fr) 64px minmax(90px, 1.2fr) 188px";
const HEADS = ["name", "zone", "status", "pods", "cpu", "memory", "lease", "taints"] as const;

/** All nodes with what the map shows of them: also the map's twin for those who can't see a canvas. */
export function NodeTable({ clusterId }: { clusterId: string }) {
  const [draining, setDraining] = useState<string | null>(null);
  return (
    <>
      <NodeList clusterId={clusterId} onDrain={setDraining} />
      {draining !== null && (
        <DrainDialog
          clusterId={clusterId}
          node={draining}
          onClose={() => {
            setDraining(null);
          }}
        />
      )}
    </>
  );
}

function NodeList({ clusterId, onDrain }: { clusterId: string; onDrain: (node: string) => void }) {
  const t = useT();
  const { selection } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(500);
  const nodes = nodesOf(cluster);
  const picking = usePicks(nodes.length, (index) => {
    const node = nodes[index];
    return node === undefined ? null : nodeTarget(node);
  });
  const cellsOf = useNodeCells(clusterId, onDrain);
  const current = selection?.kind === "node" ? nodes.findIndex((node) => node.n === selection.name) : -1;
  const open = (index: number, replace = true): void => {
    const name = nodes[index]?.n;
    if (name !== undefined) change({ selection: { kind: "node", namespace: "", name } }, { replace });
  };
  const row = (index: number): RowProps => {
    const node = nodes[index];
    if (node === undefined) return { cells: [] };
    const target = nodeTarget(node);
    const onOpen = (): void => {
      open(index, false);
    };
    return {
      testId: "node-row",
      marks: { "data-name": node.n, "data-ready": node.r, "data-cordoned": node.s },
      isCurrent: index === current,
      isPicked: picking.isPicked(target),
      onOpen,
      cells: [
        <PickBox picking={picking} target={target} index={index} />,
        <NameCell name={node.n} onOpen={onOpen} />,
        ...cellsOf(node),
      ],
    };
  };
  return (
    <>
      <VirtualList
        label={t("nodes.title")}
        columns={COLUMNS}
        minWidth={1166}
        heads={[
          <PickAllBox picking={picking} count={nodes.length} />,
          ...HEADS.map((head) => t(`nodes.${head}`)),
          "",
        ]}
        count={nodes.length}
        rowHeight={46}
        rowKey={(index) => nodes[index]?.u ?? index}
        row={row}
        current={current}
        onMove={open}
        onPick={picking.pick}
        testId="node-list"
      />
      <BulkBar clusterId={clusterId} picking={picking} verbs={["cordon", "uncordon"]} />
    </>
  );
}

/** In the order of the map. */
function nodesOf({ nodes }: ClusterState): NodeRow[] {
  return [...nodes.zones.values()].flat().flatMap((name) => nodes.byName.get(name) ?? []);
}

function nodeTarget({ n }: NodeRow): Target {
  return { kind: "node", namespace: "", name: n, isControlled: false };
}

/** The cells behind a node's name. */
function useNodeCells(
  clusterId: string,
  onDrain: (node: string) => void,
): (node: NodeRow) => React.ReactNode[] {
  const t = useT();
  const cluster = useClusterEvery(500);
  const now = useViewedNow() + cluster.epoch;
  const { usage, renewals } = useNodeFacts(clusterId);
  return (node) => {
    const used = usage.get(node.n);
    const renewed = renewals.get(node.n);
    const taints = node.ta.join(" ");
    return [
      node.z,
      <Readiness node={node} />,
      <PodCounts cluster={cluster} node={node} />,
      <Load
        label={t("map.cpu")}
        requested={node.c[1]}
        allocatable={node.c[0]}
        used={used?.cpu}
        format={formatCpu}
      />,
      <Load
        label={t("map.memory")}
        requested={node.m[1]}
        allocatable={node.m[0]}
        used={used?.memory}
        format={formatMemory}
      />,
      renewed === undefined ? "" : formatAge(now - renewed),
      <span className={styles.taints} title={taints}>
        {taints}
      </span>,
      <NodeActions clusterId={clusterId} node={node} onDrain={onDrain} />,
    ];
  };
}
