import type { ReactNode } from "react";
import type { Target } from "../../model/actions.ts";
import { formatAge } from "../../model/age.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { statusOf } from "../../model/status.ts";
import controls from "../../ui/controls.module.css";
import { Glyph } from "../../ui/glyph.tsx";
import type { RowProps } from "../../ui/virtual-list.tsx";
import styles from "./pod-cells.module.css";

export function podTarget({ pods, strings }: ClusterState, slot: number): Target {
  return {
    kind: "pod",
    namespace: strings.at(pods.namespace[slot] ?? 0),
    name: pods.name[slot] ?? "",
    isControlled: pods.owner[slot] !== 0,
  };
}

/** What marks a pod's row, in whichever table. */
export function podMarks({ pods }: ClusterState, slot: number): Pick<RowProps, "testId" | "marks"> {
  const { slug } = statusOf(pods.status[slot] ?? 0);
  return { testId: "pod-row", marks: { "data-status": slug, "data-name": pods.name[slot] ?? "" } };
}

/** The columns that kubectl shows, by name. */
export function podCells({ pods, strings }: ClusterState, slot: number, now: number) {
  const status = statusOf(pods.status[slot] ?? 0);
  const ip = pods.ip[slot] ?? "";
  const node = strings.at(pods.node[slot] ?? 0);
  return {
    namespace: strings.at(pods.namespace[slot] ?? 0),
    ready: strings.at(pods.ready[slot] ?? 0),
    status: (
      <span className={styles.status} data-tone={status.tone}>
        <Glyph status={status.slug} size={12} /> {strings.at(pods.reason[slot] ?? 0)}
      </span>
    ),
    restarts: pods.restarts[slot],
    node: node === "" ? NONE : node,
    ip: ip === "" ? NONE : ip,
    age: formatAge(now - (pods.created[slot] ?? 0)),
  };
}

const NONE = <span className={controls.muted}>{"<none>"}</span>;

/** The name, which opens the row; a press on the row itself does the same. */
export function NameCell({
  name,
  onOpen,
  children,
}: {
  name: string;
  onOpen: () => void;
  children?: ReactNode;
}) {
  return (
    <button
      type="button"
      className={controls.textLink}
      title={name}
      onClick={(event) => {
        event.stopPropagation();
        onOpen();
      }}
    >
      {children ?? <b>{name}</b>}
    </button>
  );
}
