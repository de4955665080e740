import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useMemo, useState } from "react";
import { getKindTable } from "../../api/clusters.ts";
import { useLanguage, useT } from "../../i18n/index.ts";
import { keyOf, type Target } from "../../model/actions.ts";
import { formatAge } from "../../model/age.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { isKnownKind, selectionKind } from "../../model/kinds.ts";
import {
  type Branch,
  type Owner,
  ownersOf,
  OWNING_KINDS,
  parentRow,
  rowsOf,
  treeOf,
  type TreeRow,
} from "../../model/ownertree.ts";
import { STATUSES } from "../../model/status.ts";
import controls from "../../ui/controls.module.css";
import { Glyph } from "../../ui/glyph.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { Waiting } from "../../ui/view-frame.tsx";
import { useClusterEvery, useViewed, useViewedNow } from "../../ui/viewed.tsx";
import { type RowProps, VirtualList } from "../../ui/virtual-list.tsx";
import { EmptyPods } from "../empty-pods.tsx";
import { BulkBar } from "./bulk-bar.tsx";
import styles from "./owner-tree.module.css";
import { PickAllBox, PickBox } from "./pick-box.tsx";
import { NameCell, podCells, podMarks, podTarget } from "./pod-cells.tsx";
import { usePicks } from "./use-picks.ts";

const REFRESH_MS = 2000;
/** A small cluster's tree opens as a whole. */
const MOST_OPEN = 100;
const COLUMNS =
  "32px minmax(280px, 3fr) minmax(90px, 1fr) 96px minmax(150px, 1.5fr) 84px minmax(80px, 1fr) 64px";

/** Pods below those who made them, with everything that is wrong at the top. */
export function OwnerTree({ clusterId }: { clusterId: string }) {
  const { query: words, namespace } = useAddress();
  const cluster = useClusterEvery(500);
  const owners = useOwners(clusterId);
  const [switched, setSwitched] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [startsOpen] = useState(() => cluster.pods.size <= MOST_OPEN);
  const tree = useMemo(
    () => treeOf(cluster, owners.data ?? [], words, namespace),
    [cluster, owners.data, words, namespace],
  );
  const rows = useMemo(
    () => rowsOf(cluster, tree, (branch) => switched.get(branch.key) ?? startsOpen),
    [cluster, tree, switched, startsOpen],
  );
  const open = (branch: Branch, isOpen: boolean): void => {
    setSwitched(new Map(switched).set(branch.key, isOpen));
  };
  if (owners.data === undefined) return <Waiting query={owners} />;
  if (rows.length === 0) return <EmptyPods clusterId={clusterId} />;
  return <TreeList clusterId={clusterId} cluster={cluster} rows={rows} onOpen={open} />;
}

/** Everything that may own pods, now or at the revision on screen. */
function useOwners(clusterId: string) {
  const { rev } = useViewed();
  return useQuery<readonly Owner[]>({
    queryKey: ["owners", clusterId, rev],
    queryFn: async () => {
      const tables = await Promise.all(OWNING_KINDS.map((info) => getKindTable(clusterId, info, rev)));
      return OWNING_KINDS.flatMap((info, index) => {
        const table = tables[index];
        return table === undefined ? [] : ownersOf(info, table);
      });
    },
    placeholderData: keepPreviousData,
    refetchInterval: rev === null ? REFRESH_MS : false,
    retry: false,
  });
}

interface TreeListProps {
  readonly clusterId: string;
  readonly cluster: ClusterState;
  readonly rows: readonly TreeRow[];
  readonly onOpen: (branch: Branch, isOpen: boolean) => void;
}

function TreeList(props: TreeListProps) {
  const t = useT();
  const { clusterId, rows, onOpen } = props;
  const { picking, keyAt, current, select, row } = useTreeRows(props);
  const onKey = treeKeys(rows, current, onOpen, (index) => {
    select(index, true);
  });
  const heads = ["name", "namespace", "ready", "status", "restarts", "node", "age"] as const;
  return (
    <>
      <VirtualList
        isTree
        label={t("tree.label")}
        columns={COLUMNS}
        minWidth={876}
        heads={[
          <PickAllBox picking={picking} count={rows.length} />,
          ...heads.map((head) => t(`work.${head}`)),
        ]}
        count={rows.length}
        rowHeight={30}
        rowKey={keyAt}
        row={row}
        current={current}
        onMove={(index) => {
          select(index, true);
        }}
        onKey={onKey}
        onPick={picking.pick}
        testId="owner-tree"
      />
      <BulkBar clusterId={clusterId} picking={picking} />
    </>
  );
}

function useTreeRows({ cluster, rows, onOpen }: TreeListProps) {
  const { selection } = useAddress();
  const change = useChangeAddress();
  const now = useViewedNow();
  const at = (index: number): Target | null => targetOf(cluster, rows[index]);
  const keyAt = (index: number): string => {
    const target = at(index);
    return target === null ? "" : keyOf(target);
  };
  const picking = usePicks(rows.length, at);
  const selected = selection === null ? null : keyOf(selection);
  const current = selected === null ? -1 : rows.findIndex((_, index) => keyAt(index) === selected);
  const select = (index: number, replace = false): void => {
    const target = at(index);
    if (target === null) return;
    const { kind, namespace, name } = target;
    change({ selection: { kind, namespace, name } }, { replace });
  };
  const row = (index: number): RowProps => {
    const found = rows[index];
    const target = at(index);
    if (found === undefined || target === null) return { cells: [] };
    const onSelect = (): void => {
      select(index);
    };
    const [name, ...cells] = columnsOf(cluster, found, now);
    return {
      ...marksOf(cluster, found),
      isCurrent: index === current,
      isPicked: picking.isPicked(target),
      level: found.depth + 1,
      isExpanded: "slot" in found ? undefined : found.isOpen,
      onOpen: onSelect,
      cells: [
        <PickBox picking={picking} target={target} index={index} />,
        <Indented row={found} onOpen={onOpen}>
          <NameCell name={target.name} onOpen={onSelect}>
            {name}
          </NameCell>
        </Indented>,
        ...cells,
      ],
    };
  };
  return { picking, keyAt, current, select, row };
}

function marksOf(cluster: ClusterState, row: TreeRow): Pick<RowProps, "testId" | "marks"> {
  if ("slot" in row) return podMarks(cluster, row.slot);
  const { name, health } = row.branch;
  return { testId: "owner-row", marks: { "data-name": name, "data-health": health } };
}

/** `now` in simulated milliseconds. */
function columnsOf(cluster: ClusterState, row: TreeRow, now: number): React.ReactNode[] {
  return "slot" in row ? podColumns(cluster, row.slot, now) : branchColumns(row.branch, now + cluster.epoch);
}

function targetOf(cluster: ClusterState, row: TreeRow | undefined): Target | null {
  if (row === undefined) return null;
  if ("slot" in row) return podTarget(cluster, row.slot);
  const { kind, namespace, name, owner, wanted } = row.branch;
  const word = isKnownKind(kind) ? selectionKind(kind) : kind.toLowerCase();
  return {
    kind: word,
    namespace: word === "node" ? "" : namespace,
    name,
    isControlled: owner !== "",
    replicas: wanted,
  };
}

/** The arrows: up and down through the rows, right into a branch and left out of it. */
function treeKeys(
  rows: readonly TreeRow[],
  current: number,
  onOpen: TreeListProps["onOpen"],
  select: (index: number) => void,
): (key: string) => boolean {
  return (key) => {
    const row = rows[current];
    if (key === "ArrowDown") select(Math.min(rows.length - 1, current + 1));
    else if (key === "ArrowUp") select(Math.max(0, current - 1));
    else if (row === undefined) return false;
    else if (key === "ArrowRight" && "branch" in row) {
      if (row.isOpen) select(Math.min(rows.length - 1, current + 1));
      else onOpen(row.branch, true);
    } else if (key === "ArrowLeft") {
      const parent = parentRow(rows, current);
      if ("branch" in row && row.isOpen) onOpen(row.branch, false);
      else if (parent >= 0) select(parent);
    } else return false;
    return true;
  };
}

interface IndentedProps extends Pick<TreeListProps, "onOpen"> {
  readonly row: TreeRow;
  readonly children: React.ReactNode;
}

function Indented({ row, onOpen, children }: IndentedProps) {
  const t = useT();
  return (
    <span className={styles.indented} style={{ paddingLeft: `${String(row.depth * 20)}px` }}>
      {"slot" in row ? (
        <span className={styles.leaf} />
      ) : (
        <button
          type="button"
          className={styles.toggle}
          tabIndex={-1}
          aria-label={t(row.isOpen ? "tree.close" : "tree.open", { name: row.branch.name })}
          data-testid="tree-toggle"
          onClick={(event) => {
            event.stopPropagation();
            onOpen(row.branch, !row.isOpen);
          }}
        >
          {row.isOpen ? <ChevronDown size={15} /> : <ChevronRight size={15} />}
        </button>
      )}
      {children}
    </span>
  );
}

function podColumns(cluster: ClusterState, slot: number, now: number): React.ReactNode[] {
  const { namespace, ready, status, restarts, node, age } = podCells(cluster, slot, now);
  return [cluster.pods.name[slot], namespace, ready, status, restarts, node, age];
}

/** `now` in Unix milliseconds. */
function branchColumns(branch: Branch, now: number): React.ReactNode[] {
  const { kind, name, namespace, ready, wanted, health, created } = branch;
  const tone = { bad: controls.toneBad, wait: controls.toneWait, ok: undefined }[health];
  return [
    <>
      <span className={styles.kind}>{kind}</span> <b className={tone}>{name}</b>
    </>,
    namespace,
    <span className={wanted !== null && ready < wanted ? controls.toneWait : undefined}>
      {wanted === null ? "" : `${String(ready)}/${String(wanted)}`}
    </span>,
    <Counts branch={branch} />,
    "",
    "",
    created === null ? "" : formatAge(now - created),
  ];
}

/** The pods below, by status. */
function Counts({ branch }: { branch: Branch }) {
  const t = useT();
  const language = useLanguage();
  return (
    <span className={styles.counts}>
      {STATUSES.filter(({ code }) => (branch.counts[code] ?? 0) > 0).map(({ slug, code }) => (
        <span key={slug} title={t(`status.${slug}`)}>
          <Glyph status={slug} size={11} /> {(branch.counts[code] ?? 0).toLocaleString(language)}
          <span className={controls.hidden}> {t(`status.${slug}`)}</span>
        </span>
      ))}
    </span>
  );
}
