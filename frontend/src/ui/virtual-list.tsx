import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import { useKeys } from "./keys.ts";
import styles from "./virtual-list.module.css";

export type Sort = "ascending" | "descending" | "none";

interface VirtualListProps {
  readonly label: string;
  /** A grid template: one track per column. */
  readonly columns: string;
  /** In pixels; what is narrower scrolls sideways. */
  readonly minWidth?: number;
  readonly heads: readonly ReactNode[];
  /** How each column is sorted, where it can be. */
  readonly sorts?: readonly (Sort | undefined)[];
  readonly count: number;
  readonly rowHeight: number;
  readonly rowKey: (index: number) => string | number;
  readonly row: (index: number) => RowProps;
  /** Rows open and close; then every row has a `level`. */
  readonly isTree?: boolean;
  /** The row that j and k start from; -1 for none. */
  readonly current?: number;
  /** j and k; the row comes into sight. */
  readonly onMove?: (index: number) => void;
  /** x: picks the current row, or drops it; X: all from the last picked one to it. */
  readonly onPick?: (index: number, isRange: boolean) => void;
  /** Other keys while the list or something in it has the focus; true when it is done with them. */
  readonly onKey?: (key: string) => boolean;
  /** Keeps the last row in sight while rows are added. */
  readonly followEnd?: boolean;
  /** The reader has scrolled away from the end. */
  readonly onLeaveEnd?: () => void;
  readonly testId?: string;
}

export interface RowProps {
  readonly cells: readonly ReactNode[];
  readonly isCurrent?: boolean;
  readonly onOpen?: () => void;
  readonly testId?: string;
  readonly tone?: string;
  /** data-* attributes. */
  readonly marks?: Readonly<Record<`data-${string}`, string | number>>;
  /** 1 at the top of a tree. */
  readonly level?: number;
  readonly isExpanded?: boolean | undefined;
  readonly isPicked?: boolean | undefined;
}

/** A table of any length; only the rows in its window are elements. */
export function VirtualList(props: VirtualListProps) {
  const { label, columns, heads, minWidth, sorts = [], count, rowHeight, rowKey, row } = props;
  const { isTree = false, followEnd = false, onLeaveEnd, testId } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // The virtualizer hands out functions that the React compiler can't memoize; this project doesn't use that compiler.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: rowKey,
    overscan: 12,
    scrollPaddingStart: rowHeight,
  });
  useEffect(() => {
    if (followEnd && count > 0) rows.scrollToIndex(count - 1, { align: "end" });
  }, [followEnd, count, rows]);
  const onKeyDown = useRowKeys(props, (index) => {
    rows.scrollToIndex(index);
  });
  const place: CSSProperties & Record<"--columns", string> = { "--columns": columns, minWidth };
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      tabIndex={0}
      data-testid={testId}
      onKeyDown={onKeyDown}
      onWheel={(event) => {
        if (event.deltaY < 0) onLeaveEnd?.();
      }}
    >
      <div
        role={isTree ? "treegrid" : "table"}
        aria-rowcount={count + 1}
        aria-label={label}
        className={styles.table}
        style={place}
      >
        <div role="rowgroup" className={styles.top}>
          <div role="row" aria-rowindex={1} className={styles.head}>
            {heads.map((head, index) => (
              <div key={index} role="columnheader" aria-sort={sorts[index]}>
                {head}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => (
            <Row key={key} index={index} top={start} height={rowHeight} isInTree={isTree} {...row(index)} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** j and k wherever the focus is, the owner's keys where it is in the list. */
function useRowKeys(
  { count, current = -1, onMove, onPick, onKey }: VirtualListProps,
  show: (index: number) => void,
): (event: KeyboardEvent) => void {
  const move = (by: 1 | -1) => (): unknown => {
    if (onMove === undefined || count === 0) return "unused";
    const next = Math.min(count - 1, Math.max(0, current + by));
    onMove(next);
    show(next);
    return undefined;
  };
  const pick = (isRange: boolean) => (): unknown => {
    if (onPick === undefined || current < 0) return "unused";
    onPick(current, isRange);
    return undefined;
  };
  useKeys({ j: move(1), k: move(-1), x: pick(false), X: pick(true) });
  return (event) => {
    if (event.target instanceof HTMLInputElement && event.target.type !== "checkbox") return;
    if (onKey?.(event.key)) event.preventDefault();
  };
}

interface PlacedRow extends RowProps {
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly isInTree: boolean;
}

function Row(props: PlacedRow) {
  const { cells, isCurrent = false, onOpen, testId, tone, marks, index, top, height } = props;
  const { isInTree, level, isExpanded, isPicked } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={isCurrent || undefined}
      aria-level={level}
      aria-expanded={isExpanded}
      aria-selected={isInTree ? isPicked : undefined}
      className={styles.row}
      style={{ height, transform: `translateY(${String(top)}px)` }}
      data-testid={testId}
      data-tone={tone}
      data-picked={isPicked}
      {...marks}
      onClick={onOpen}
    >
      {cells.map((cell, each) => (
        <div key={each} role={isInTree ? "gridcell" : "cell"}>
          {cell}
        </div>
      ))}
    </div>
  );
}
