import { useT } from "../../i18n/index.ts";
import { Link } from "wouter";
import { formatSelection, type Selection } from "../../model/address.ts";
import { demandsOf, type Demand } from "../../model/demand.ts";
import type { KubeObject } from "../../model/kube.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import type { NodeRow } from "../../model/wire.ts";
import controls from "../controls.module.css";
import { clusterUrl, useAddress } from "../location.ts";
import { useCluster } from "../viewed.tsx";
import styles from "./inspector.module.css";

/** What an object asks for and may take, measured against its node; a node: how full it is. */
export function MetricsTab(props: { clusterId: string; selection: Selection; object: KubeObject }) {
  const t = useT();
  const address = useAddress();
  const { clusterId, selection } = props;
  const place = formatSelection(selection).split("/");
  return (
    <>
      <Now {...props} />
      <p>
        <Link className={controls.button} href={clusterUrl(clusterId, "metrics", address, place)}>
          {t("inspector.overTime")}
        </Link>
      </p>
    </>
  );
}

function Now({ selection, object }: { selection: Selection; object: KubeObject }) {
  const name = selection.kind === "node" ? selection.name : (object.spec?.nodeName ?? "");
  const node = useCluster((cluster) => cluster.nodes.byName.get(name) ?? null);
  const pods = useCluster(({ pods, strings }) => pods.homes.get(strings.find(name) ?? -1)?.occupied ?? 0);
  if (selection.kind === "node") return node && <NodeUse node={node} pods={pods} />;
  return <Demands demands={demandsOf(object)} node={node} />;
}

function NodeUse({ node, pods }: { node: NodeRow; pods: number }) {
  const t = useT();
  return (
    <section>
      <h3>{t("inspector.requestedHere")}</h3>
      <Meter name={t("metrics.cpu")} part={node.c[1]} whole={node.c[0]} format={formatCpu} />
      <Meter name={t("metrics.memory")} part={node.m[1]} whole={node.m[0]} format={formatMemory} />
      <Meter name={t("metrics.pods")} part={pods} whole={node.p} format={String} />
    </section>
  );
}

function Demands({ demands, node }: { demands: readonly Demand[]; node: NodeRow | null }) {
  const t = useT();
  const cpu = demands.reduce((sum, each) => sum + each.requests.cpu, 0);
  const memory = demands.reduce((sum, each) => sum + each.requests.memory, 0);
  return (
    <>
      <section>
        <h3>{t("inspector.perContainer")}</h3>
        <table className={styles.demands} data-testid="inspector-demands">
          <thead>
            <tr>
              <th scope="col">{t("logs.container")}</th>
              <th scope="col">{t("metrics.cpu")}</th>
              <th scope="col">{t("metrics.memory")}</th>
            </tr>
          </thead>
          <tbody>
            {demands.map(({ container, requests, limits }) => (
              <tr key={container}>
                <th scope="row">{container}</th>
                <td>{range(requests.cpu, limits.cpu, formatCpu)}</td>
                <td>{range(requests.memory, limits.memory, formatMemory)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className={controls.muted}>{t("inspector.rangeHint")}</p>
      </section>
      {node && (
        <section>
          <h3>{t("inspector.shareOf", { node: node.n })}</h3>
          <Meter name={t("metrics.cpu")} part={cpu} whole={node.c[0]} format={formatCpu} />
          <Meter name={t("metrics.memory")} part={memory} whole={node.m[0]} format={formatMemory} />
        </section>
      )}
    </>
  );
}

/** "100m – 500m"; what is not set is a dash or has no end. */
function range(request: number, limit: number | null, format: (amount: number) => string): string {
  return `${request === 0 ? "–" : format(request)} / ${limit === null ? "∞" : format(limit)}`;
}

interface MeterProps {
  readonly name: string;
  readonly part: number;
  readonly whole: number;
  readonly format: (amount: number) => string;
}

function Meter({ name, part, whole, format }: MeterProps) {
  return (
    <div className={styles.meter}>
      <span>{name}</span>
      <meter
        aria-label={name}
        min={0}
        max={whole}
        high={whole * 0.8}
        optimum={0}
        value={Math.min(part, whole)}
      />
      <span>
        {format(part)} <span className={controls.muted}>/ {format(whole)}</span>
      </span>
    </div>
  );
}
