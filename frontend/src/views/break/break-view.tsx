import { useQuery } from "@tanstack/react-query";
import { CloudOff, Globe, type LucideIcon, Power, ServerOff, Skull, Unplug } from "lucide-react";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { listRegistries } from "../../api/faults.ts";
import { useT } from "../../i18n/index.ts";
import {
  type Duration,
  FAULT_KINDS,
  type FaultKind,
  isFaultKind,
  placeOf,
  targetsOf,
} from "../../model/faults.ts";
import controls from "../../ui/controls.module.css";
import { useFaults } from "../../ui/faults/use-faults.ts";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { Scroll, ViewFrame } from "../../ui/view-frame.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import styles from "./break.module.css";
import { Prediction } from "./prediction.tsx";
import { Targets } from "./targets.tsx";

const ICONS: Readonly<Record<FaultKind, LucideIcon>> = {
  power: Power,
  kubelet: ServerOff,
  network: Unplug,
  crash: Skull,
  registry: CloudOff,
  dns: Globe,
};

/** Pick what breaks, see what goes down with it on a copy of the cluster, do it, and undo it. */
export default function BreakView({ clusterId, rest }: ViewProps) {
  const t = useT();
  const cluster = useClusterEvery(1000);
  const faults = useFaults(clusterId);
  const [duration, setDuration] = useState<Duration>(60);
  const [word = "", ...place] = rest;
  const kind = isFaultKind(word) ? word : null;
  const { data: hosts = [] } = useQuery({
    queryKey: ["registries", clusterId],
    queryFn: () => listRegistries(clusterId),
    enabled: kind === "registry",
  });
  const targets = useMemo(
    () => (kind === null ? [] : targetsOf(cluster, kind, hosts)),
    [cluster, kind, hosts],
  );
  const target = targets.find((each) => placeOf(each).join("/") === place.join("/")) ?? null;
  return (
    <ViewFrame title={t("view.break")} tools={<span className={controls.muted}>{t("break.lead")}</span>}>
      <Scroll>
        <div className={styles.columns} data-targets={kind !== null && kind !== "dns"}>
          <Kinds clusterId={clusterId} chosen={kind} />
          {kind !== null && kind !== "dns" && (
            <Targets clusterId={clusterId} kind={kind} targets={targets} chosen={target} faults={faults} />
          )}
          {kind === null || target === null ? (
            <p className={styles.choose}>{t(kind === null ? "break.chooseKind" : "break.choose")}</p>
          ) : (
            <Prediction
              key={kind}
              clusterId={clusterId}
              kind={kind}
              target={target}
              faults={faults}
              duration={duration}
              onDuration={setDuration}
            />
          )}
        </div>
      </Scroll>
    </ViewFrame>
  );
}

function Kinds({ clusterId, chosen }: { clusterId: string; chosen: FaultKind | null }) {
  const t = useT();
  const address = useAddress();
  return (
    <nav aria-label={t("break.kinds")}>
      <h3 className={styles.heading}>{t("break.kinds")}</h3>
      <ul className={styles.targets}>
        {FAULT_KINDS.map((kind) => {
          const Icon = ICONS[kind];
          return (
            <li key={kind}>
              <Link
                className={styles.kind}
                href={clusterUrl(clusterId, "break", address, [kind])}
                aria-current={kind === chosen ? "true" : undefined}
                data-testid="break-fault"
                data-kind={kind}
              >
                <Icon size={17} aria-hidden="true" />
                <span>
                  <b>{t(`break.kind.${kind}`)}</b>
                  <small>{t(`break.about.${kind}`)}</small>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
