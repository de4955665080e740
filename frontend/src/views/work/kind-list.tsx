import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getKindTable } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { selectionKind, type KindInfo } from "../../model/kinds.ts";
import { type KindRow, narrowed, needsLook, tableOf, urgentFirst } from "../../model/kindtable.ts";
import controls from "../../ui/controls.module.css";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { Note, Waiting } from "../../ui/view-frame.tsx";
import { type RowProps, VirtualList } from "../../ui/virtual-list.tsx";
import { useViewed } from "../../ui/viewed.tsx";

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
  const row = useRow(info, rows);
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
  const place = info.namespaced ? ["minmax(110px, 1fr)"] : [];
  return (
    <VirtualList
      label={info.resource}
      columns={["minmax(200px, 2.4fr)", ...place, ...table.columns.map(() => "minmax(80px, 1fr)")].join(" ")}
      heads={[t("work.name"), ...(info.namespaced ? [t("work.namespace")] : []), ...table.columns]}
      count={rows.length}
      rowHeight={32}
      rowKey={(index) => `${rows[index]?.namespace ?? ""}/${rows[index]?.name ?? String(index)}`}
      row={row}
      testId="kind-list"
    />
  );
}

function useRow(info: KindInfo, rows: readonly KindRow[]): (index: number) => RowProps {
  const change = useChangeAddress();
  const { selection } = useAddress();
  const kind = selectionKind(info.kind);
  return (index) => {
    const row = rows[index];
    if (row === undefined) return { cells: [] };
    const { name, namespace, cells } = row;
    const open = (): void => {
      change({ selection: { kind, namespace, name } });
    };
    const tone = needsLook(row) ? controls.toneWait : undefined;
    return {
      testId: "kind-row",
      isCurrent: selection?.kind === kind && selection.name === name && selection.namespace === namespace,
      onOpen: open,
      cells: [
        <button type="button" className={controls.textLink} title={name} onClick={open}>
          <b>{name}</b>
        </button>,
        ...(info.namespaced ? [namespace] : []),
        ...cells.map((cell) => (
          <span className={tone} title={cell}>
            {cell}
          </span>
        )),
      ],
    };
  };
}
