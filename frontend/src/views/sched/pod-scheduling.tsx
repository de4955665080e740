import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { getPodScheduling, getScheduling } from "../../api/analysis.ts";
import { useT } from "../../i18n/index.ts";
import { formatAge, formatClock } from "../../model/age.ts";
import { type Attempt, groupReasons, type Scheduling } from "../../model/scheduling.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { RevLink, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { Fixes } from "./fixes.tsx";
import { FilterMatrix, ScoreTable } from "./matrix.tsx";
import { Reasons } from "./sched-view.tsx";
import styles from "./sched.module.css";

interface PodProps {
  readonly clusterId: string;
  readonly namespace: string;
  readonly pod: string;
}

const REFRESH_MS = 3000;

/** One pod before the scheduler: the sentence, the cheapest ways out, every attempt, every node. */
export function PodScheduling({ clusterId, namespace, pod }: PodProps) {
  const t = useT();
  const [attempt, setAttempt] = useAttempt(clusterId, namespace, pod);
  const query = useQuery({
    queryKey: ["scheduling", clusterId, namespace, pod, attempt],
    queryFn: () => getPodScheduling(clusterId, namespace, pod, attempt),
    placeholderData: (previous) => previous,
    refetchInterval: attempt === null ? REFRESH_MS : false,
    retry: false,
  });
  const found = query.data;
  const title = (
    <>
      {t("sched.why")} <span className={controls.mono}>{`${namespace}/${pod}`}</span>
    </>
  );
  const tools = (
    <>
      <SelectButton namespace={namespace} pod={pod} />
      <Link className={controls.button} href={clusterUrl(clusterId, "sched")}>
        {t("sched.all")}
      </Link>
    </>
  );
  return (
    <ViewFrame title={title} tools={tools}>
      {found === undefined && <Waiting query={query} />}
      {found && (
        <Scroll>
          <Verdict clusterId={clusterId} namespace={namespace} pod={pod} found={found} />
          <Attempts attempts={found.attempts} shown={attempt} onShow={setAttempt} />
          {found.matrix && (
            <>
              <FilterMatrix matrix={found.matrix} />
              <ScoreTable matrix={found.matrix} />
            </>
          )}
        </Scroll>
      )}
    </ViewFrame>
  );
}

/** The attempt in the address; null is the last one. */
function useAttempt(clusterId: string, namespace: string, pod: string) {
  const search = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const address = useAddress();
  const value = Number(search.get("attempt") ?? "");
  const show = (attempt: number | null): void => {
    const url = clusterUrl(clusterId, "sched", address, [namespace, pod]);
    const mark = url.includes("?") ? "&" : "?";
    navigate(attempt === null ? url : `${url}${mark}attempt=${String(attempt)}`, { replace: true });
  };
  return [value > 0 ? value : null, show] as const;
}

function SelectButton({ namespace, pod }: Pick<PodProps, "namespace" | "pod">) {
  const t = useT();
  const change = useChangeAddress();
  return (
    <button
      type="button"
      className={controls.button}
      onClick={() => {
        change({ selection: { kind: "pod", namespace, name: pod } });
      }}
    >
      {t("sched.inspect")}
    </button>
  );
}

function Verdict({ clusterId, namespace, pod, found }: PodProps & { readonly found: Scheduling }) {
  const last = found.attempts.at(-1);
  const isPlaced = last !== undefined && last.node !== "";
  const reasons = useMemo(() => (found.matrix === null ? [] : groupReasons(found.matrix)), [found.matrix]);
  return (
    <div className={styles.verdict} data-tone={isPlaced ? "ok" : "bad"}>
      <p className={styles.sentence} data-testid="sched-sentence">
        {found.sentence}
      </p>
      {reasons.length > 0 && <Reasons reasons={reasons} />}
      {!isPlaced && <InQueue clusterId={clusterId} namespace={namespace} pod={pod} />}
      {!isPlaced && <Fixes clusterId={clusterId} namespace={namespace} pod={pod} />}
    </div>
  );
}

/** In which part of the queue it is, since when, and what wakes it. */
function InQueue({ clusterId, namespace, pod }: PodProps) {
  const t = useT();
  const { data } = useQuery({
    queryKey: ["scheduling", clusterId],
    queryFn: () => getScheduling(clusterId),
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const found = data?.pending.find((each) => each.namespace === namespace && each.name === pod);
  if (found === undefined) return null;
  const { state, since_ms, attempts, retries_when: when } = found;
  return (
    <p className={controls.muted} data-testid="sched-in-queue" data-state={state}>
      <span className={styles.chip} title={t(`sched.${state}Hint`)}>
        {t(`sched.${state}`)}
      </span>{" "}
      {t("sched.since", { age: formatAge(since_ms), attempts })}
      {when.length > 0 && <> · {t("sched.retries", { when: when.join(", ") })}</>}
    </p>
  );
}

interface AttemptsProps {
  readonly attempts: readonly Attempt[];
  readonly shown: number | null;
  readonly onShow: (attempt: number | null) => void;
}

function Attempts({ attempts, shown, onShow }: AttemptsProps) {
  const t = useT();
  const last = attempts.at(-1)?.number;
  const current = shown ?? last;
  const here = attempts.find((each) => each.number === current);
  if (attempts.length === 0) return <p className={controls.muted}>{t("sched.noAttempts")}</p>;
  return (
    <section className={styles.attempts} aria-label={t("sched.attempts")}>
      <div className={styles.steps}>
        {attempts.map(({ number, node }) => (
          <button
            key={number}
            type="button"
            className={styles.attempt}
            aria-pressed={number === current}
            data-placed={node !== ""}
            data-testid="sched-attempt"
            onClick={() => {
              onShow(number === last ? null : number);
            }}
          >
            {t("sched.attempt", { n: number })}
          </button>
        ))}
      </div>
      {here && (
        <p className={controls.muted}>
          t={formatClock(here.at)} {here.rev !== null && <RevLink rev={here.rev} />} · {here.result}
          {here.node !== "" && ` → ${here.node}`}
          {here.message !== "" && <span className={styles.message}>{here.message}</span>}
        </p>
      )}
    </section>
  );
}
