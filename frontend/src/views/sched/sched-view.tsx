import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { getScheduling } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import type { PendingPod, Queue } from "../../model/scheduling.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { useSession } from "../../ui/live.tsx";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import type { ViewProps } from "../view-props.ts";
import { PodScheduling } from "./pod-scheduling.tsx";
import styles from "./sched.module.css";

/** Why pods are where they are, or nowhere: all that wait, or the one in the path or the selection. */
export default function SchedView({ clusterId, rest }: ViewProps) {
  const { selection } = useAddress();
  const [namespace, name] = rest;
  if (namespace !== undefined && name !== undefined) {
    return (
      <PodScheduling key={`${namespace}/${name}`} clusterId={clusterId} namespace={namespace} pod={name} />
    );
  }
  if (selection?.kind === "pod") {
    const { namespace: place, name: pod } = selection;
    return <PodScheduling key={`${place}/${pod}`} clusterId={clusterId} namespace={place} pod={pod} />;
  }
  return <WaitingPods clusterId={clusterId} />;
}

const REFRESH_MS = 2000;

function WaitingPods({ clusterId }: { clusterId: string }) {
  const t = useT();
  const hasPods = useSession((session) => session.cluster.pods.size > 0);
  const query = useQuery({
    queryKey: ["scheduling", clusterId],
    queryFn: () => getScheduling(clusterId),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const state = query.data;
  return (
    <ViewFrame title={t("sched.title")} tools={state && <QueueChips queue={state.queue} />}>
      {state === undefined && <Waiting query={query} />}
      {state?.pending.length === 0 && (
        <Note testId="sched-empty">
          {t(hasPods ? "sched.nonePending" : "sched.noPods")}
          <Link className={controls.button} href={clusterUrl(clusterId, hasPods ? "map" : "apply")}>
            {t(hasPods ? "sched.toMap" : "map.emptyAction")}
          </Link>
        </Note>
      )}
      {state && state.pending.length > 0 && (
        <Scroll>
          <ul className={styles.pending}>
            {state.pending.map((pod) => (
              <PendingCard key={`${pod.namespace}/${pod.name}`} clusterId={clusterId} pod={pod} />
            ))}
          </ul>
        </Scroll>
      )}
    </ViewFrame>
  );
}

export function QueueChips({ queue }: { queue: Queue }) {
  const t = useT();
  return (
    <div className={controls.row} role="group" aria-label={t("sched.queue")} data-testid="sched-queue">
      {(["active", "backoff", "unschedulable", "gated"] as const).map((each) => (
        <span key={each} className={styles.chip} title={t(`sched.${each}Hint`)}>
          {t(`sched.${each}`)} <b>{queue[each]}</b>
        </span>
      ))}
    </div>
  );
}

function PendingCard({ clusterId, pod }: { clusterId: string; pod: PendingPod }) {
  const t = useT();
  const { namespace, name, since_ms, attempts, reason_counts: reasons, message, retries_when: when } = pod;
  return (
    <li className={styles.card} data-testid="sched-pending" data-name={name}>
      <Link className={styles.name} href={clusterUrl(clusterId, "sched", {}, [namespace, name])}>
        {namespace}/{name}
      </Link>
      <span className={controls.muted}>{t("sched.since", { age: formatAge(since_ms), attempts })}</span>
      <p>{reasons.length === 0 ? message : <Reasons reasons={reasons} />}</p>
      {when.length > 0 && <p className={controls.muted}>{t("sched.retries", { when: when.join(", ") })}</p>}
    </li>
  );
}

export function Reasons({ reasons }: { reasons: PendingPod["reason_counts"] }) {
  return (
    <span className={styles.reasons} data-testid="sched-reasons">
      {reasons.map(({ reason, nodes }) => (
        <span key={reason}>
          <b>{nodes} ×</b> {reason}
        </span>
      ))}
    </span>
  );
}
