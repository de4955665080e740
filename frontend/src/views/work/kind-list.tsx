import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getKindTable } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { keyOf, type Target } from "../../model/actions.ts";
import { selectionKind, type KindInfo } from "../../model/kinds.ts";
import { type KindRow, narrowed, needsLook, ratioOf, tableOf, urgentFirst } from "../../model/kindtable.ts";
import controls from "../../ui/controls.module.css";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { Note, Waiting } from "../../ui/view-frame.tsx";
import { type RowProps, VirtualList } from "../../ui/virtual-list.tsx";
import { useViewed } from "../../ui/viewed.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import { PickAllBox, PickBox } from "./pick-box.tsx";
import { NameCell } from "./pod-cells.tsx";
import { type Picking, usePicks } from "./use-picks.ts";

const REFRESH_MS = 2000;

/** All objects of one kind, with the columns that kubectl shows; at a past revision, those of then. */
export function KindList({ clusterId, info }: { clusterId: string; info: KindInfo }) {
  const t = useT();
  const { query: words, namespace } = useAddress();
  const { rev } = useViewed();
  const query = useQuery({
    queryKey: ["kind-table", clusterId, info.resource, rev],
    queryFn: () => getKindTable(clusterId, info, rev),
    placeholderData: keepPreviousData,
    refetchInterval: rev === null ? REFRESH_MS : false,
    retry: false,
  });
  const table = useMemo(() => query.data && tableOf(query.data), [query.data]);
  const rows = useMemo(
    () => urgentFirst(narrowed(table?.rows ?? [], words, namespace)),
    [table, words, namespace],
  );
  if (table === undefined) return <Waiting query={query} />;
  if (rows.length === 0) {
    return (
      <Note testId="kind-none">
        {t(table.rows.length === 0 ? "work.noneOf" : "filter.none", {
          kind: info.kind,
          shown: 0,
          all: table.rows.length,
        })}
      </Note>
    );
  }
  return <Rows clusterId={clusterId} info={info} columns={table.columns} rows={rows} />;
}

interface RowsProps {
  readonly clusterId: string;
  readonly info: KindInfo;
  readonly columns: readonly string[];
  readonly rows: readonly KindRow[];
}

function Rows({ clusterId, info, columns, rows }: RowsProps) {
  const t = useT();
  const kind = selectionKind(info.kind);
  const at = (index: number): Target | null => {
    const row = rows[index];
    if (row === undefined) return null;
    const { namespace, name, isControlled } = row;
    return { kind, namespace, name, isControlled, replicas: ratioOf(row)?.wanted ?? null };
  };
  const picking = usePicks(rows.length, at);
  const { current, open, row } = useRows(info, rows, at, picking);
  const place = info.namespaced ? ["minmax(110px, 1fr)"] : [];
  return (
    <>
      <VirtualList
        label={info.resource}
        columns={["32px", "minmax(200px, 2.4fr)", ...place, ...columns.map(() => "minmax(80px, 1fr)")].join(
          " ",
        )}
        heads={[
          <PickAllBox picking={picking} count={rows.length} />,
          t("work.name"),
          ...(info.namespaced ? [t("work.namespace")] : []),
          ...columns,
        ]}
        count={rows.length}
        rowHeight={32}
        rowKey={(index) => `${rows[index]?.namespace ?? ""}/${rows[index]?.name ?? String(index)}`}
        row={row}
        current={current}
        onMove={open}
        onPick={picking.pick}
        testId="kind-list"
      />
      <BulkBar clusterId={clusterId} picking={picking} />
    </>
  );
}

function useRows(
  info: KindInfo,
  rows: readonly KindRow[],
  at: (index: number) => Target | null,
  picking: Picking,
) {
  const change = useChangeAddress();
  const { selection } = useAddress();
  const isSelected = (target: Target | null): boolean =>
    target !== null && selection !== null && keyOf(selection) === keyOf(target);
  const open = (index: number, replace = true): void => {
    const target = at(index);
    if (target === null) return;
    const { kind, namespace, name } = target;
    change({ selection: { kind, namespace, name } }, { replace });
  };
  const row = (index: number): RowProps => {
    const target = at(index);
    const found = rows[index];
    if (target === null || found === undefined) return { cells: [] };
    const tone = needsLook(found) ? controls.toneWait : undefined;
    const onOpen = (): void => {
      open(index, false);
    };
    return {
      testId: "kind-row",
      marks: { "data-name": target.name },
      isCurrent: isSelected(target),
      isPicked: picking.isPicked(target),
      onOpen,
      cells: [
        <PickBox picking={picking} target={target} index={index} />,
        <NameCell name={target.name} onOpen={onOpen} />,
        ...(info.namespaced ? [target.namespace] : []),
        ...found.cells.map((cell) => (
          <span className={tone} title={cell}>
            {cell}
          </span>
        )),
      ],
    };
  };
  return { current: rows.findIndex((_, index) => isSelected(at(index))), open, row };
}
