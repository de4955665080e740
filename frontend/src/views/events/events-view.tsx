import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { listEvents } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { type EventRow, filterEvents } from "../../model/eventlist.ts";
import { selectionKind } from "../../model/kinds.ts";
import controls from "../../ui/controls.module.css";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { useSession } from "../../ui/live.tsx";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { Note, RevLink, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useViewed, useViewedNow } from "../../ui/viewed.tsx";
import { type RowProps, VirtualList } from "../../ui/virtual-list.tsx";
import type { ViewProps } from "../view-props.ts";

const REFRESH_MS = 2000;
const COLUMNS = "84px 92px 150px minmax(180px, 1.3fr) minmax(260px, 3fr) 64px 96px";
const HEADS = ["last", "type", "reason", "object", "message", "count", "rev"] as const;

/** All Events of the cluster, newest first; in the past those that were there. */
export default function EventsView({ clusterId }: ViewProps) {
  const t = useT();
  const { query: words, namespace } = useAddress();
  const { rev } = useViewed();
  const [onlyWarnings, setOnlyWarnings] = useState(false);
  const query = useEvents(clusterId);
  const rows = useMemo(
    () => filterEvents(query.data ?? [], { words, namespace, onlyWarnings, until: rev }),
    [query.data, words, namespace, onlyWarnings, rev],
  );
  const row = useRow(rows);
  return (
    <ViewFrame
      title={t("view.events")}
      tools={
        <>
          <FilterBar placeholder={t("events.filter")} />
          <label className={controls.row}>
            <input
              type="checkbox"
              checked={onlyWarnings}
              data-testid="events-warnings"
              onChange={(event) => {
                setOnlyWarnings(event.target.checked);
              }}
            />
            {t("events.warnings")}
          </label>
        </>
      }
    >
      {query.data === undefined && <Waiting query={query} />}
      {query.data && rows.length === 0 && <NoEvents isEmpty={query.data.length === 0} />}
      {rows.length > 0 && (
        <VirtualList
          label={t("view.events")}
          columns={COLUMNS}
          heads={HEADS.map((head) => t(`events.${head}`))}
          count={rows.length}
          rowHeight={32}
          rowKey={(index) => `${String(rows[index]?.rev ?? index)} ${rows[index]?.reason ?? ""}`}
          row={row}
          testId="events-list"
        />
      )}
    </ViewFrame>
  );
}

/** Asked for again as long as the cluster moves on; the words narrow on the server, beyond its newest 500 too. */
function useEvents(clusterId: string) {
  const { query: words } = useAddress();
  const asked = useDeferredValue(words);
  const isLive = useSession((session) => session.clock.state === "running" && !session.clock.paused);
  return useQuery({
    queryKey: ["all-events", clusterId, asked],
    queryFn: () => listEvents(clusterId, asked),
    placeholderData: (previous) => previous,
    refetchInterval: isLive ? REFRESH_MS : false,
    retry: false,
  });
}

function useRow(rows: readonly EventRow[]): (index: number) => RowProps {
  const change = useChangeAddress();
  const { selection } = useAddress();
  const now = useViewedNow();
  return (index) => {
    const event = rows[index];
    if (event === undefined) return { cells: [] };
    const { kind, namespace, name } = event;
    const open = (): void => {
      change({ selection: { kind: selectionKind(kind), namespace, name } });
    };
    return {
      testId: "event-row",
      isCurrent: selection?.name === name && selection.namespace === namespace,
      onOpen: open,
      cells: [
        formatAge(now - event.at),
        <span className={event.type === "Warning" ? controls.toneBad : undefined}>{event.type}</span>,
        event.reason,
        <button type="button" className={controls.textLink} title={name} onClick={open}>
          {kind}/{name}
        </button>,
        <span title={event.message}>{event.message}</span>,
        event.count > 1 ? `×${String(event.count)}` : "",
        <RevLink rev={event.rev} />,
      ],
    };
  };
}

function NoEvents({ isEmpty }: { isEmpty: boolean }) {
  const t = useT();
  const change = useChangeAddress();
  if (isEmpty) return <Note testId="events-empty">{t("events.empty")}</Note>;
  return (
    <Note testId="events-none">
      {t("events.none")}
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          change({ query: "", namespace: "" });
        }}
      >
        {t("filter.clear")}
      </button>
    </Note>
  );
}
