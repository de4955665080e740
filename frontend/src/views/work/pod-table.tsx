import { ArrowDown, ArrowUp } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { type ClusterState, findPod } from "../../model/cluster.ts";
import { type Order, POD_COLUMNS, type PodColumn } from "../../model/podlist.ts";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { useViewedNow } from "../../ui/viewed.tsx";
import { type RowProps, type Sort, VirtualList } from "../../ui/virtual-list.tsx";
import { PickAllBox, PickBox } from "./pick-box.tsx";
import { NameCell, podCells, podMarks, podTarget } from "./pod-cells.tsx";
import styles from "./pod-cells.module.css";
import type { Picking } from "./use-picks.ts";

interface PodTableProps {
  readonly cluster: ClusterState;
  readonly slots: readonly number[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly picking: Picking;
}

const COLUMNS =
  "32px minmax(190px, 2.4fr) minmax(90px, 1fr) 70px minmax(150px, 1.5fr) 84px minmax(80px, 1fr) 112px 64px";

/** All pods that match, with the columns that kubectl shows. */
export function PodTable({ cluster, slots, order, onOrder, picking }: PodTableProps) {
  const t = useT();
  const { selection } = useAddress();
  const change = useChangeAddress();
  const now = useViewedNow();
  const selected = selection?.kind === "pod" ? findPod(cluster, selection.namespace, selection.name) : null;
  const open = (slot: number, replace = false): void => {
    const { kind, namespace, name } = podTarget(cluster, slot);
    change({ selection: { kind, namespace, name } }, { replace });
  };
  const row = (index: number): RowProps => {
    const slot = slots[index] ?? 0;
    const target = podTarget(cluster, slot);
    const cells = podCells(cluster, slot, now);
    const onOpen = (): void => {
      open(slot);
    };
    return {
      ...podMarks(cluster, slot),
      isCurrent: slot === selected,
      isPicked: picking.isPicked(target),
      onOpen,
      cells: [
        <PickBox picking={picking} target={target} index={index} />,
        <NameCell name={target.name} onOpen={onOpen} />,
        ...POD_COLUMNS.flatMap((column) => (column === "name" ? [] : cells[column])),
      ],
    };
  };
  return (
    <VirtualList
      label={t("work.title")}
      columns={COLUMNS}
      minWidth={872}
      heads={[
        <PickAllBox picking={picking} count={slots.length} />,
        ...POD_COLUMNS.map((column) => <SortButton column={column} order={order} onOrder={onOrder} />),
      ]}
      sorts={[undefined, ...POD_COLUMNS.map((column) => sortOf(column, order))]}
      count={slots.length}
      rowHeight={30}
      rowKey={(index) => cluster.pods.uid[slots[index] ?? -1] ?? index}
      row={row}
      current={selected === null ? -1 : slots.indexOf(selected)}
      onMove={(index) => {
        open(slots[index] ?? 0, true);
      }}
      onPick={picking.pick}
      testId="pod-list"
    />
  );
}

function sortOf(column: PodColumn, order: Order): Sort {
  if (column !== order.column) return "none";
  return order.descending ? "descending" : "ascending";
}

function SortButton({
  column,
  order,
  onOrder,
}: { column: PodColumn } & Pick<PodTableProps, "order" | "onOrder">) {
  const t = useT();
  const sort = sortOf(column, order);
  return (
    <button
      type="button"
      className={styles.sort}
      title={t("work.sortBy", { column: t(`work.${column}`) })}
      onClick={() => {
        onOrder({ column, descending: sort === "ascending" });
      }}
    >
      {t(`work.${column}`)}
      {sort === "descending" && <ArrowDown size={13} />}
      {sort === "ascending" && <ArrowUp size={13} />}
    </button>
  );
}
