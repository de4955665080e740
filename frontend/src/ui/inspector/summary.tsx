import { Check, X } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { diagnose, isGood } from "../../model/diagnosis.ts";
import type { KubeCondition, KubeContainerStatus, KubeObject } from "../../model/kube.ts";
import { isKnownKind } from "../../model/kinds.ts";
import controls from "../controls.module.css";
import { clusterUrl, useChangeAddress } from "../location.ts";
import { useCluster, useViewedNow } from "../viewed.tsx";
import { Link } from "wouter";
import styles from "./inspector.module.css";

export function Summary({ clusterId, object }: { clusterId: string; object: KubeObject }) {
  const t = useT();
  const { tone, key, values } = diagnose(object);
  const containers = [
    ...(object.status?.initContainerStatuses ?? []),
    ...(object.status?.containerStatuses ?? []),
  ];
  return (
    <>
      <p className={styles.diagnosis} data-tone={tone} data-testid="diagnosis">
        {t(key, values)}
      </p>
      <Relations clusterId={clusterId} object={object} />
      {containers.length > 0 && (
        <section>
          <h3>{t("inspector.containers")}</h3>
          <ul className={styles.list}>
            {containers.map((status) => (
              <ContainerLine key={status.name} status={status} />
            ))}
          </ul>
        </section>
      )}
      <Conditions conditions={object.status?.conditions ?? []} />
    </>
  );
}

function Relations({ clusterId, object }: { clusterId: string; object: KubeObject }) {
  const t = useT();
  const change = useChangeAddress();
  const owner =
    object.metadata.ownerReferences?.find((each) => each.controller) ?? object.metadata.ownerReferences?.[0];
  const namespace = object.metadata.namespace ?? "";
  const node = object.spec?.nodeName;
  const select = (kind: string, name: string, place: string) => (
    <button
      type="button"
      className={styles.link}
      onClick={() => {
        change({ selection: { kind: kind.toLowerCase(), namespace: place, name } });
      }}
    >
      {kind === "Node" ? name : `${kind} ${name}`}
    </button>
  );
  const query =
    object.kind === "Node" ? `node:${object.metadata.name}` : `owner:${object.kind}/${object.metadata.name}`;
  const ownsPods = object.kind === "Node" || object.kind === "ReplicaSet" || object.kind === "Deployment";
  const filter = object.kind === "Deployment" ? `owner:ReplicaSet/${object.metadata.name}-` : query;
  return (
    <dl className={styles.facts}>
      {owner && (
        <>
          <dt>{t("inspector.controlledBy")}</dt>
          <dd>
            {isKnownKind(owner.kind)
              ? select(owner.kind, owner.name, namespace)
              : `${owner.kind} ${owner.name}`}
          </dd>
        </>
      )}
      {node !== undefined && node !== "" && (
        <>
          <dt>{t("inspector.onNode")}</dt>
          <dd>{select("Node", node, "")}</dd>
        </>
      )}
      {ownsPods && (
        <dd>
          <Link
            className={controls.button}
            href={clusterUrl(clusterId, "work", { namespace, query: filter, selection: null })}
          >
            {t("inspector.showPods")}
          </Link>
        </dd>
      )}
    </dl>
  );
}

function ContainerLine({ status }: { status: KubeContainerStatus }) {
  const t = useT();
  const { waiting, running, terminated } = status.state ?? {};
  const state = waiting?.reason ?? terminated?.reason ?? (running ? "Running" : "");
  const isBad = waiting?.message !== undefined || (terminated?.exitCode ?? 0) !== 0;
  return (
    <li>
      <div className={controls.row}>
        <b>{status.name}</b>
        <code>{status.image}</code>
      </div>
      <div className={isBad ? controls.toneBad : controls.muted}>
        {state}
        {(status.restartCount ?? 0) > 0 && ` · ${t("map.restarts", { n: status.restartCount ?? 0 })}`}
      </div>
    </li>
  );
}

function Conditions({ conditions }: { conditions: readonly KubeCondition[] }) {
  const t = useT();
  const now = useViewedNow();
  const epoch = useCluster((cluster) => cluster.epoch);
  if (conditions.length === 0) return <p className={controls.muted}>{t("inspector.noConditions")}</p>;
  const age = (text?: string): string =>
    text === undefined ? "" : formatAge(epoch + now - Date.parse(text));
  return (
    <section>
      <h3>{t("inspector.conditions")}</h3>
      <table className={styles.conditions}>
        <tbody>
          {conditions.map((each) => (
            <tr key={each.type} title={each.message}>
              <th scope="row">
                {each.type}
                {!isGood(each) && each.reason !== undefined && (
                  <div className={controls.muted}>{each.reason}</div>
                )}
              </th>
              <td className={isGood(each) ? controls.toneOk : controls.toneBad}>
                {isGood(each) ? <Check size={15} aria-hidden="true" /> : <X size={15} aria-hidden="true" />}{" "}
                {each.status}
              </td>
              <td>{age(each.lastTransitionTime)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
