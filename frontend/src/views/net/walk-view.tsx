import { useQuery } from "@tanstack/react-query";
import { Footprints } from "lucide-react";
import { useMemo } from "react";
import { Link } from "wouter";
import { listServices, walkPacket } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { isGood, legsOf, podAddress, serviceAddress, type Walk } from "../../model/walk.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useClusterEvery } from "../../ui/viewed.tsx";
import styles from "./walk.module.css";

/** One request on its way: who asks, whom, and every rule and server that it meets. Both ends are in the address. */
export function WalkView({ clusterId }: { clusterId: string }) {
  const t = useT();
  const address = useAddress();
  const { from, to } = address;
  const query = useQuery({
    queryKey: ["walk", clusterId, from, to],
    queryFn: () => walkPacket(clusterId, from, to),
    enabled: from !== "" && to !== "",
    placeholderData: (previous) => previous,
    refetchInterval: 5000,
    retry: false,
  });
  const isAsked = from !== "" && to !== "";
  return (
    <ViewFrame
      title={t("walk.title")}
      tools={
        <>
          <Ends clusterId={clusterId} />
          <Link
            className={controls.button}
            href={clusterUrl(clusterId, "net", { ...address, from: "", to: "" })}
          >
            {t("walk.back")}
          </Link>
        </>
      }
    >
      {!isAsked && <Note testId="walk-choose">{t("walk.choose")}</Note>}
      {isAsked && (query.error !== null || query.data === undefined) && <Waiting query={query} />}
      {isAsked && query.data && query.error === null && <Way walk={query.data} />}
    </ViewFrame>
  );
}

/** Who asks, and whom. */
function Ends({ clusterId }: { clusterId: string }) {
  const t = useT();
  const { from, to } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(2000);
  const services = useQuery({
    queryKey: ["net", clusterId, null],
    queryFn: () => listServices(clusterId, null),
  });
  const pods = useMemo(() => {
    const { pods, strings } = cluster;
    return [...pods.slots.values()]
      .map((slot) => podAddress(strings.at(pods.namespace[slot] ?? 0), pods.name[slot] ?? ""))
      .sort();
  }, [cluster]);
  const targets = useMemo(
    () =>
      (services.data ?? []).flatMap(({ key, ports }) => ports.map((each) => serviceAddress(key, each.port))),
    [services.data],
  );
  return (
    <span className={styles.ends}>
      <End label={t("walk.from")} value={from} options={pods} onChoose={(next) => change({ from: next })} />
      <span aria-hidden="true">→</span>
      <End label={t("walk.to")} value={to} options={targets} onChoose={(next) => change({ to: next })} />
    </span>
  );
}

interface EndProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChoose: (value: string) => void;
}

function End({ label, value, options, onChoose }: EndProps) {
  const all = value === "" || options.includes(value) ? options : [value, ...options];
  return (
    <select
      className={controls.input}
      aria-label={label}
      value={value}
      data-testid="walk-end"
      onChange={(event) => {
        onChoose(event.target.value);
      }}
    >
      <option value="">{label}</option>
      {all.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}

function Way({ walk }: { walk: Walk }) {
  const t = useT();
  const legs = useMemo(() => legsOf(walk), [walk]);
  const good = isGood(walk);
  return (
    <Scroll>
      <p className={styles.verdict} data-good={good} data-testid="walk-verdict">
        <Footprints size={16} aria-hidden="true" />
        {walk.answered
          ? t("walk.answered", { asked: walk.asked, by: walk.by, code: String(walk.code ?? "–") })
          : t("walk.unanswered", { asked: walk.asked })}
      </p>
      <ol className={styles.way}>
        {legs.map(({ kind, hops }, index) => (
          <li key={index} className={styles.leg} data-kind={kind} data-testid="walk-leg">
            <h3>{t(`walk.${kind}`)}</h3>
            <ul>
              {hops.map((hop, each) => (
                <li key={each}>
                  <span className={styles.where}>{hop.where}</span>
                  <code>{hop.text}</code>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {walk.lines.length > 0 && <pre className={styles.answer}>{walk.lines.join("\n")}</pre>}
    </Scroll>
  );
}
