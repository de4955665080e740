import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { type Order, POD_COLUMNS, type PodColumn } from "../../model/podlist.ts";
import { statusOf } from "../../model/status.ts";
import { Glyph } from "../../ui/glyph.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { useViewedNow } from "../../ui/viewed.tsx";
import styles from "./pod-table.module.css";

const ROW_HEIGHT = 30;

interface PodTableProps {
  readonly cluster: ClusterState;
  readonly slots: readonly number[];
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
}

/** Any number of rows; only those in the window are elements. j and k walk, a press on the name opens. */
export function PodTable({ cluster, slots, order, onOrder }: PodTableProps) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  // The virtualizer hands out functions that the React compiler can't memoize; this project doesn't use that compiler.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: slots.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => cluster.pods.uid[slots[index] ?? -1] ?? index,
    overscan: 12,
  });
  useRowKeys(cluster, slots, (index) => {
    rows.scrollToIndex(index);
  });
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0}>
      <div
        role="table"
        aria-rowcount={slots.length + 1}
        aria-label={t("work.title")}
        className={styles.table}
      >
        <div role="row" aria-rowindex={1} className={styles.head}>
          {POD_COLUMNS.map((column) => (
            <HeadCell key={column} column={column} order={order} onOrder={onOrder} />
          ))}
        </div>
        <Spacer height={rows.getTotalSize()}>
          {rows.getVirtualItems().map(({ key, index, start }) => (
            <PodLine key={key} cluster={cluster} slot={slots[index] ?? 0} index={index} top={start} />
          ))}
        </Spacer>
      </div>
    </div>
  );
}

function Spacer({ height, children }: { height: number; children: React.ReactNode }) {
  return (
    <div role="rowgroup" className={styles.body} style={{ height }}>
      {children}
    </div>
  );
}

function HeadCell({
  column,
  order,
  onOrder,
}: { column: PodColumn } & Pick<PodTableProps, "order" | "onOrder">) {
  const t = useT();
  const isOrder = order.column === column;
  const direction = order.descending ? "descending" : "ascending";
  return (
    <div role="columnheader" className={styles[column]} aria-sort={isOrder ? direction : "none"}>
      <button
        type="button"
        className={styles.sort}
        title={t("work.sortBy", { column: t(`work.${column}`) })}
        onClick={() => {
          onOrder({ column, descending: isOrder && !order.descending });
        }}
      >
        {t(`work.${column}`)}
        {isOrder && (order.descending ? <ArrowDown size={13} /> : <ArrowUp size={13} />)}
      </button>
    </div>
  );
}

interface PodLineProps {
  readonly cluster: ClusterState;
  readonly slot: number;
  readonly index: number;
  readonly top: number;
}

function PodLine({ cluster: { pods, strings }, slot, index, top }: PodLineProps) {
  const change = useChangeAddress();
  const { selection } = useAddress();
  const now = useViewedNow();
  const name = pods.name[slot] ?? "";
  const namespace = strings.at(pods.namespace[slot] ?? 0);
  const status = statusOf(pods.status[slot] ?? 0);
  const isSelected =
    selection?.kind === "pod" && selection.name === name && selection.namespace === namespace;
  const open = (): void => {
    change({ selection: { kind: "pod", namespace, name } });
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={isSelected || undefined}
      className={styles.row}
      style={{ transform: `translateY(${String(top)}px)` }}
      data-testid="pod-row"
      data-status={status.slug}
      data-name={name}
      onClick={open}
    >
      <div role="cell" className={styles.name}>
        <button type="button" className={styles.open} title={name} onClick={open}>
          {name}
        </button>
      </div>
      <div role="cell" className={styles.namespace}>
        {namespace}
      </div>
      <div role="cell" className={styles.ready}>
        {strings.at(pods.ready[slot] ?? 0)}
      </div>
      <div role="cell" className={styles.status} data-tone={status.tone}>
        <Glyph status={status.slug} size={12} /> {strings.at(pods.reason[slot] ?? 0)}
      </div>
      <div role="cell" className={styles.restarts}>
        {pods.restarts[slot]}
      </div>
      <div role="cell" className={styles.node}>
        {strings.at(pods.node[slot] ?? 0) || "<none>"}
      </div>
      <div role="cell" className={styles.ip}>
        {pods.ip[slot] || "<none>"}
      </div>
      <div role="cell" className={styles.age}>
        {formatAge(now - (pods.created[slot] ?? 0))}
      </div>
    </div>
  );
}

/** j and k select the next and the previous row. */
function useRowKeys(cluster: ClusterState, slots: readonly number[], onMove: (index: number) => void): void {
  const { selection } = useAddress();
  const change = useChangeAddress();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof HTMLElement &&
        event.target.closest("input, textarea, select, [contenteditable]");
      if (isTyping || event.ctrlKey || event.metaKey || (event.key !== "j" && event.key !== "k")) return;
      const { pods, strings } = cluster;
      const now = slots.findIndex((slot) => pods.name[slot] === selection?.name);
      const next = Math.min(slots.length - 1, Math.max(0, event.key === "j" ? now + 1 : now - 1));
      const slot = slots[next];
      if (slot === undefined) return;
      const namespace = strings.at(pods.namespace[slot] ?? 0);
      change({ selection: { kind: "pod", namespace, name: pods.name[slot] ?? "" } }, { replace: true });
      onMove(next);
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  });
}
