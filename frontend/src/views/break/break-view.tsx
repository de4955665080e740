import { useMutation } from "@tanstack/react-query";
import { Plug, Unplug } from "lucide-react";
import { useMemo } from "react";
import { Link } from "wouter";
import { faultNode } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import {
  type Blast,
  blastOf,
  fitsElsewhere,
  type Outage,
  outagesOf,
  type Target,
  targetsOf,
} from "../../model/blast.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import { toast } from "../../ui/toasts.tsx";
import { Note, RevLink, Scroll, ViewFrame } from "../../ui/view-frame.tsx";
import { useClusterEvery, useMayChange, useViewedNow } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import styles from "./break.module.css";

/** Pick what loses its power, see who goes down with it, do it, and undo it. */
export default function BreakView({ clusterId, rest }: ViewProps) {
  const t = useT();
  const cluster = useClusterEvery(500);
  const { timeline } = useTimeline(clusterId);
  const outages = useMemo(() => outagesOf(timeline?.markers ?? [], cluster), [timeline, cluster]);
  const targets = useMemo(() => targetsOf(cluster), [cluster]);
  const [kind, name] = rest;
  const target = targets.find((each) => each.kind === kind && each.name === name) ?? null;
  return (
    <ViewFrame title={t("view.break")} tools={<span className={controls.muted}>{t("break.lead")}</span>}>
      {outages.length > 0 && <Outages clusterId={clusterId} outages={outages} />}
      {cluster.rev !== null && targets.length === 0 && <Note testId="break-none">{t("break.noNodes")}</Note>}
      <Scroll>
        <div className={styles.columns}>
          <Targets clusterId={clusterId} targets={targets} chosen={target} outages={outages} />
          {target === null ? (
            <p className={styles.choose}>{t("break.choose")}</p>
          ) : (
            <Prediction
              clusterId={clusterId}
              target={target}
              blast={blastOf(cluster, target)}
              outages={outages}
            />
          )}
        </div>
      </Scroll>
    </ViewFrame>
  );
}

/** One request per machine; the first refusal ends it. */
function usePower(clusterId: string) {
  const t = useT();
  return useMutation({
    mutationFn: async ({ nodes, action }: { nodes: readonly string[]; action: "kill" | "restore" }) => {
      for (const node of nodes) await faultNode(clusterId, node, action);
    },
    onSuccess: (_answer, { nodes, action }) => {
      toast("good", t(`nodes.done.${action}`, { name: nodes.join(", ") }));
    },
    onError: (error) => {
      toast("bad", t("nodes.failed", { message: error.message }));
    },
  });
}

function Outages({ clusterId, outages }: { clusterId: string; outages: readonly Outage[] }) {
  const t = useT();
  const now = useViewedNow();
  const mayChange = useMayChange();
  const power = usePower(clusterId);
  return (
    <ul className={styles.strip} aria-label={t("break.active")} data-testid="break-active">
      {outages.map(({ node, rev, at }) => (
        <li key={node} className={styles.outage}>
          <Unplug size={15} aria-hidden="true" />
          <b>{node}</b> {t("break.since", { age: formatAge(now - at) })} <RevLink rev={rev} />
          <button
            type="button"
            className={controls.button}
            disabled={!mayChange || power.isPending}
            data-testid="break-restore"
            onClick={() => {
              power.mutate({ nodes: [node], action: "restore" });
            }}
          >
            <Plug />
            {t("nodes.restore")}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface TargetsProps {
  readonly clusterId: string;
  readonly targets: readonly Target[];
  readonly chosen: Target | null;
  readonly outages: readonly Outage[];
}

function Targets({ clusterId, targets, chosen, outages }: TargetsProps) {
  const t = useT();
  const address = useAddress();
  const off = new Set(outages.map((each) => each.node));
  return (
    <nav aria-label={t("break.targets")}>
      <h3 className={styles.heading}>{t("break.targets")}</h3>
      <ul className={styles.targets}>
        {targets.map((target) => (
          <li key={`${target.kind}/${target.name}`}>
            <Link
              className={styles.target}
              href={clusterUrl(clusterId, "break", address, [target.kind, target.name])}
              aria-current={target === chosen ? "true" : undefined}
              data-testid="break-target"
              data-name={target.name}
            >
              <b>{target.name}</b>
              <span className={controls.muted}>
                {target.kind === "zone"
                  ? t("break.zone", { n: target.nodes.length })
                  : off.has(target.name)
                    ? t("break.off")
                    : ""}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface PredictionProps {
  readonly clusterId: string;
  readonly target: Target;
  readonly blast: Blast;
  readonly outages: readonly Outage[];
}

function Prediction({ clusterId, target, blast, outages }: PredictionProps) {
  const t = useT();
  const mayChange = useMayChange();
  const power = usePower(clusterId);
  const off = new Set(outages.map((each) => each.node));
  const left = target.nodes.filter((node) => !off.has(node));
  const fits = fitsElsewhere(blast);
  return (
    <section className={styles.prediction} aria-label={t("break.prediction", { name: target.name })}>
      <h3 className={styles.heading}>{t("break.prediction", { name: target.name })}</h3>
      <p className={styles.sentence} data-testid="break-sentence" data-pods={blast.pods}>
        {t("break.pods", { n: blast.pods })}{" "}
        {blast.pods > 0 && t(fits ? "break.fits" : "break.tight", roomOf(blast))}
      </p>
      <Losses blast={blast} />
      <ol className={styles.course}>
        {(["now", "notReady", "evicted"] as const).map((step) => (
          <li key={step}>
            <b>{t(`break.when.${step}`)}</b> {t(`break.what.${step}`)}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className={controls.danger}
        disabled={!mayChange || power.isPending || left.length === 0}
        title={mayChange ? undefined : t("role.viewHint")}
        data-testid="break-kill"
        onClick={() => {
          power.mutate({ nodes: left, action: "kill" });
        }}
      >
        <Unplug />
        {t("break.kill", { name: target.name })}
      </button>
    </section>
  );
}

function roomOf({ cpu, memory }: Blast): Record<string, string> {
  return {
    cpu: formatCpu(cpu.wanted),
    memory: formatMemory(memory.wanted),
    freeCpu: formatCpu(cpu.free),
    freeMemory: formatMemory(memory.free),
  };
}

function Losses({ blast: { losses, orphans } }: { blast: Blast }) {
  const t = useT();
  if (losses.length === 0 && orphans.length === 0) return null;
  return (
    <table className={styles.losses}>
      <thead>
        <tr>
          <th scope="col">{t("break.who")}</th>
          <th scope="col">{t("work.namespace")}</th>
          <th scope="col">{t("break.loses")}</th>
        </tr>
      </thead>
      <tbody>
        {losses.map(({ namespace, owner, lost, all }) => (
          <tr key={`${namespace}/${owner}`} data-testid="break-loss">
            <th scope="row">{owner}</th>
            <td>{namespace}</td>
            <td>
              <meter min={0} max={all} value={lost} aria-label={t("break.loses")} />{" "}
              {t("break.of", { lost, all })}
            </td>
          </tr>
        ))}
        {orphans.map((pod) => (
          <tr key={pod}>
            <th scope="row">{pod.split("/")[1]}</th>
            <td>{pod.split("/")[0]}</td>
            <td className={controls.toneBad}>{t("break.orphan")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
