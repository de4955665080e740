import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useLocation } from "wouter";
import { getRequest, listRequests } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { formatClock } from "../../model/age.ts";
import { changedFields } from "../../model/fields.ts";
import { placeOf, questionBehind } from "../../model/may.ts";
import {
  type ApiRequest,
  filterRequests,
  formatMicros,
  placeStages,
  type RequestDetail,
  type Written,
} from "../../model/requests.ts";
import controls from "../../ui/controls.module.css";
import { FieldChanges } from "../../ui/field-changes.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { Note, RevLink, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useViewed } from "../../ui/viewed.tsx";
import { VirtualList } from "../../ui/virtual-list.tsx";
import type { ViewProps } from "../view-props.ts";
import { MayView } from "./may-view.tsx";
import styles from "./requests.module.css";

const REFRESH_MS = 2000;

/** What was asked of the API server, and for one request each stage that it went through. */
export default function RequestsView({ clusterId, rest }: ViewProps) {
  if (rest[0] === "may") return <MayView clusterId={clusterId} rest={rest.slice(1)} />;
  const number = Number(rest[0]);
  if (rest[0] !== undefined && Number.isSafeInteger(number))
    return <XRay clusterId={clusterId} number={number} />;
  return <RequestList clusterId={clusterId} />;
}

function RequestList({ clusterId }: { clusterId: string }) {
  const t = useT();
  const address = useAddress();
  const { rev } = useViewed();
  const query = useQuery({
    queryKey: ["requests", clusterId],
    queryFn: () => listRequests(clusterId),
    refetchInterval: rev === null ? REFRESH_MS : false,
    retry: false,
  });
  const rows = useMemo(() => {
    const found = filterRequests(query.data ?? [], address.query);
    return rev === null ? found : found.filter((each) => each.rev !== null && each.rev <= rev);
  }, [query.data, address.query, rev]);
  return (
    <ViewFrame
      title={t("view.requests")}
      tools={
        <>
          <FilterBar placeholder={t("requests.filter")} />
          <Link
            className={controls.button}
            href={clusterUrl(clusterId, "requests", address, ["may"])}
            data-testid="may-open"
          >
            {t("may.open")}
          </Link>
        </>
      }
    >
      {query.data === undefined && <Waiting query={query} />}
      {query.data && rows.length === 0 && (
        <Note testId="requests-none">{t(query.data.length === 0 ? "requests.empty" : "requests.none")}</Note>
      )}
      {rows.length > 0 && <Rows clusterId={clusterId} rows={rows} />}
    </ViewFrame>
  );
}

function Rows({ clusterId, rows }: { clusterId: string; rows: readonly ApiRequest[] }) {
  const t = useT();
  const [, navigate] = useLocation();
  const address = useAddress();
  return (
    <VirtualList
      label={t("view.requests")}
      columns="92px 72px minmax(320px, 3fr) 64px 84px minmax(160px, 1.4fr) 96px"
      heads={[
        t("requests.when"),
        t("requests.verb"),
        t("requests.path"),
        t("requests.code"),
        t("requests.time"),
        t("requests.user"),
        t("events.rev"),
      ]}
      count={rows.length}
      rowHeight={30}
      rowKey={(index) => rows[index]?.n ?? index}
      testId="requests-list"
      row={(index) => {
        const row = rows[index];
        if (row === undefined) return { cells: [] };
        const url = clusterUrl(clusterId, "requests", address, [String(row.n)]);
        return {
          testId: "request-row",
          onOpen: () => {
            navigate(url);
          },
          cells: [
            `t=${formatClock(row.at)}`,
            <b>{row.verb}</b>,
            <Link className={controls.textLink} href={url} title={row.path}>
              {row.path}
            </Link>,
            <span className={row.code >= 400 ? controls.toneBad : controls.toneOk}>{row.code}</span>,
            `${row.ms.toFixed(1)} ms`,
            <span title={row.user}>{row.user}</span>,
            row.rev === null ? "" : <RevLink rev={row.rev} />,
          ],
        };
      }}
    />
  );
}

function XRay({ clusterId, number }: { clusterId: string; number: number }) {
  const t = useT();
  const address = useAddress();
  const query = useQuery({
    queryKey: ["request", clusterId, number],
    queryFn: () => getRequest(clusterId, number),
    staleTime: Infinity,
    retry: false,
  });
  return (
    <ViewFrame
      title={t("requests.title", { n: String(number) })}
      tools={
        <Link className={controls.button} href={clusterUrl(clusterId, "requests", address)}>
          {t("requests.back")}
        </Link>
      }
    >
      {query.data === undefined ? (
        <Waiting query={query} />
      ) : (
        <Detail clusterId={clusterId} request={query.data} />
      )}
    </ViewFrame>
  );
}

function Detail({ clusterId, request }: { clusterId: string; request: RequestDetail }) {
  const t = useT();
  const address = useAddress();
  const question = questionBehind(request);
  const { verb, path, user, code, ms, rev, at, message, objects, sent } = request;
  return (
    <Scroll>
      <p className={styles.line}>
        <b>{verb}</b> <code>{path}</code>{" "}
        <span className={code >= 400 ? controls.toneBad : controls.toneOk}>{code}</span>
      </p>
      <p className={controls.muted}>
        {user} · t={formatClock(at)} · {ms.toFixed(2)} ms {rev !== null && <RevLink rev={rev} />}
      </p>
      {message !== "" && <p className={controls.toneBad}>{message}</p>}
      <p>
        <Link
          className={controls.button}
          href={clusterUrl(clusterId, "requests", { ...address, from: question.who }, [
            "may",
            ...placeOf(question),
          ])}
          data-testid="may-why"
        >
          {t(code === 403 ? "may.whyNot" : "may.why")}
        </Link>
      </p>
      <h3 className={styles.heading}>{t("requests.stages")}</h3>
      <Stages request={request} />
      <h3 className={styles.heading}>{t("requests.change")}</h3>
      {objects.length === 0 && <p className={controls.muted}>{t("requests.noChange")}</p>}
      {objects.map((written) => (
        <ObjectChange key={written.key} written={written} />
      ))}
      {sent !== "" && (
        <details className={styles.sent}>
          <summary>{t("requests.sent")}</summary>
          <pre>{sent}</pre>
        </details>
      )}
    </Scroll>
  );
}

/** One object before and after. */
function ObjectChange({ written }: { written: Written }) {
  const t = useT();
  const { key, before_rev, rev, hidden, before, after } = written;
  const fields = useMemo(() => changedFields(before, after), [before, after]);
  return (
    <section className={styles.object} data-testid="request-object">
      <p>
        <code>{key}</code> {before_rev > 0 && <RevLink rev={before_rev} />} → <RevLink rev={rev} />
      </p>
      {hidden ? <p className={controls.muted}>{t("requests.hidden")}</p> : <FieldChanges fields={fields} />}
    </section>
  );
}

function Stages({ request }: { request: RequestDetail }) {
  return (
    <ol className={styles.stages} data-testid="request-stages">
      {placeStages(request.stages).map(({ name, verdict, us, detail, start, length }) => (
        <li key={name} data-verdict={verdict}>
          <span className={styles.stage}>{name}</span>
          <span className={styles.track}>
            <i style={{ left: share(start), width: share(length) }} />
          </span>
          <span className={styles.micros}>{formatMicros(us)}</span>
          <span>
            <b>{verdict}</b> <span className={controls.muted}>{detail}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function share(part: number): string {
  return `${(100 * part).toFixed(2)}%`;
}
