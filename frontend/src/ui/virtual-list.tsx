import { useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type ReactNode, useEffect, useRef } from "react";
import styles from "./virtual-list.module.css";

interface VirtualListProps {
  readonly label: string;
  /** A grid template: one track per column. */
  readonly columns: string;
  readonly heads: readonly ReactNode[];
  readonly count: number;
  readonly rowHeight: number;
  readonly rowKey: (index: number) => string | number;
  readonly row: (index: number) => RowProps;
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
}

/** A table of any length; only the rows in its window are elements. */
export function VirtualList(props: VirtualListProps) {
  const {
    label,
    columns,
    heads,
    count,
    rowHeight,
    rowKey,
    row,
    followEnd = false,
    onLeaveEnd,
    testId,
  } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // The virtualizer hands out functions that the React compiler can't memoize; this project doesn't use that compiler.
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: rowKey,
    overscan: 12,
  });
  useEffect(() => {
    if (followEnd && count > 0) rows.scrollToIndex(count - 1, { align: "end" });
  }, [followEnd, count, rows]);
  const place: CSSProperties & Record<"--columns", string> = { "--columns": columns };
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      tabIndex={0}
      data-testid={testId}
      onWheel={(event) => {
        if (event.deltaY < 0) onLeaveEnd?.();
      }}
    >
      <div role="table" aria-rowcount={count + 1} aria-label={label} className={styles.table} style={place}>
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={styles.head}>
            {heads.map((head, index) => (
              <div key={index} role="columnheader">
                {head}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => (
            <Row key={key} index={index} top={start} height={rowHeight} {...row(index)} />
          ))}
        </div>
      </div>
    </div>
  );
}

interface PlacedRow extends RowProps {
  readonly index: number;
  readonly top: number;
  readonly height: number;
}

function Row({ cells, isCurrent = false, onOpen, testId, tone, index, top, height }: PlacedRow) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-current={isCurrent || undefined}
      className={styles.row}
      style={{ height, transform: `translateY(${String(top)}px)` }}
      data-testid={testId}
      data-tone={tone}
      onClick={onOpen}
    >
      {cells.map((cell, each) => (
        <div key={each} role="cell">
          {cell}
        </div>
      ))}
    </div>
  );
}
