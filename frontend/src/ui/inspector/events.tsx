import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { eventTime, type KubeEvent, type KubeObject } from "../../model/kube.ts";
import controls from "../controls.module.css";
import { useCluster, useViewedNow } from "../viewed.tsx";
import styles from "./inspector.module.css";
import { useEvents } from "./use-kube-object.ts";

export function Events({ clusterId, object }: { clusterId: string; object: KubeObject }) {
  const t = useT();
  const events = useEvents(clusterId, object);
  if (events.error)
    return <p className={controls.toneBad}>{t("inspector.error", { message: events.error.message })}</p>;
  if (events.data === undefined) return <p className={controls.muted}>{t("app.loading")}</p>;
  if (events.data.length === 0) return <p className={controls.muted}>{t("inspector.noEvents")}</p>;
  return (
    <ol className={styles.list}>
      {events.data.map((event) => (
        <EventLine key={event.metadata.uid ?? event.metadata.name} event={event} />
      ))}
    </ol>
  );
}

function EventLine({ event }: { event: KubeEvent }) {
  const t = useT();
  const now = useViewedNow();
  const epoch = useCluster((cluster) => cluster.epoch);
  const age = formatAge(epoch + now - eventTime(event));
  return (
    <li data-testid="event" data-reason={event.reason}>
      <div className={controls.row}>
        <b className={event.type === "Warning" ? controls.toneBad : undefined}>{event.reason}</b>
        {(event.count ?? 1) > 1 && <span>{t("inspector.times", { n: event.count ?? 1 })}</span>}
        <span className={controls.spacer} />
        <span className={controls.muted}>{t("inspector.ago", { age })}</span>
      </div>
      <div className={styles.message}>{event.message}</div>
      <div className={controls.muted}>{event.source?.component ?? event.reportingComponent}</div>
    </li>
  );
}
