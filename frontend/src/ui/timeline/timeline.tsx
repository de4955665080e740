import { useQuery } from "@tanstack/react-query";
import {
  ChevronLeft,
  ChevronRight,
  GitCompare,
  GitFork,
  Radio,
  SkipBack,
  SkipForward,
  StepForward,
} from "lucide-react";
import { Link } from "wouter";
import { getCluster } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { formatClock } from "../../model/age.ts";
import { timeAt, type Timeline } from "../../model/timeline.ts";
import controls from "../controls.module.css";
import { useKeys } from "../keys.ts";
import { useSession, useSimulatedNow } from "../live.tsx";
import { clusterUrl, useAddress } from "../location.ts";
import { useViewed } from "../viewed.tsx";
import { GoalChip, RunUntil } from "./run-until.tsx";
import { Strip } from "./strip.tsx";
import styles from "./timeline.module.css";
import { type Travel, useFork, useRun, useTimeline, useTravel } from "./use-travel.ts";

/** The cluster's whole kept history, at the lower edge of every view. */
export function TimelineBar({ clusterId }: { clusterId: string }) {
  const t = useT();
  const { timeline, error } = useTimeline(clusterId);
  const travel = useTravel(timeline);
  const fork = useFork(clusterId);
  const mayRun = useSession((session) => session.role === "owner" || session.role === "operate");
  useTimeKeys(clusterId, travel, () => {
    if (!fork.isPending) fork.mutate();
  });
  return (
    <section className={styles.timeline} aria-label={t("time.label")} data-testid="timeline">
      <div className={styles.row}>
        <Steps travel={travel} />
        <Moment at={timeline && travel.rev !== null ? timeAt(timeline, travel.rev) : null} />
        {travel.rev === null ? (
          <Ahead clusterId={clusterId} mayRun={mayRun} />
        ) : (
          <PastActions travel={travel} />
        )}
        <button
          type="button"
          className={controls.button}
          title={`${t("time.forkHint")} (f)`}
          disabled={fork.isPending}
          data-testid="fork-button"
          onClick={() => {
            fork.mutate();
          }}
        >
          <GitFork />
          {fork.isPending ? t("time.forking") : t(travel.rev === null ? "time.forkNow" : "time.fork")}
        </button>
        <CompareLink clusterId={clusterId} timeline={timeline} rev={travel.rev} />
        {travel.rev !== null && <span className={styles.note}>{t("time.readOnly")}</span>}
      </div>
      {timeline && timeline.buckets.length > 0 && <Strip timeline={timeline} travel={travel} />}
      {timeline?.buckets.length === 0 && <p className={controls.muted}>{t("time.empty")}</p>}
      {error && <p className={controls.muted}>{t("time.unavailable", { message: error.message })}</p>}
    </section>
  );
}

function useTimeKeys(clusterId: string, travel: Travel, fork: () => void): void {
  const run = useRun(clusterId);
  const mayRun = useSession((session) => session.role === "owner" || session.role === "operate");
  const toLive = (): void => {
    travel.goTo(null);
  };
  useKeys({
    "[": () => {
      travel.step(-1);
    },
    "]": () => {
      travel.step(1);
    },
    "{": () => {
      travel.toMarker(-1);
    },
    "}": () => {
      travel.toMarker(1);
    },
    L: toLive,
    l: toLive,
    f: fork,
    ".": () => {
      if (mayRun && !run.isPending) run.mutate({ step: 1 });
    },
  });
}

function Steps({ travel }: { travel: Travel }) {
  const t = useT();
  const isLive = travel.rev === null;
  return (
    <div className={styles.steps} role="group" aria-label={t("time.slider")}>
      <Step
        label={t("time.previousMarker")}
        hint="{"
        onStep={() => {
          travel.toMarker(-1);
        }}
        testId="time-marker-back"
      >
        <SkipBack />
      </Step>
      <Step
        label={t("time.previous")}
        hint="["
        onStep={() => {
          travel.step(-1);
        }}
        testId="time-back"
      >
        <ChevronLeft />
      </Step>
      <Step
        label={t("time.next")}
        hint="]"
        disabled={isLive}
        onStep={() => {
          travel.step(1);
        }}
        testId="time-on"
      >
        <ChevronRight />
      </Step>
      <Step
        label={t("time.nextMarker")}
        hint="}"
        disabled={isLive}
        onStep={() => {
          travel.toMarker(1);
        }}
        testId="time-marker-on"
      >
        <SkipForward />
      </Step>
    </div>
  );
}

interface StepProps {
  readonly label: string;
  readonly hint: string;
  readonly testId: string;
  readonly disabled?: boolean;
  readonly onStep: () => void;
  readonly children: React.ReactNode;
}

function Step({ label, hint, testId, disabled = false, onStep, children }: StepProps) {
  return (
    <button
      type="button"
      className={controls.icon}
      aria-label={label}
      title={`${label} (${hint})`}
      disabled={disabled}
      data-testid={testId}
      onClick={onStep}
    >
      {children}
    </button>
  );
}

interface CompareLinkProps {
  readonly clusterId: string;
  readonly timeline: Timeline | null;
  readonly rev: number | null;
}

/** The past beside now; a fork beside its origin; else now beside the moment before something last happened. */
function CompareLink({ clusterId, timeline, rev }: CompareLinkProps) {
  const t = useT();
  const address = useAddress();
  const { data: cluster } = useQuery({
    queryKey: ["cluster", clusterId],
    queryFn: () => getCluster(clusterId),
  });
  const origin = rev === null ? cluster?.origin?.id : undefined;
  const compare = origin === undefined ? (rev ?? lastAct(timeline)) : null;
  const hint =
    origin === undefined ? (rev === null ? "compare.hintLive" : "compare.hintPast") : "compare.hintFork";
  const target = { ...address, rev: null, compare, from: "", to: "", query: "" };
  return (
    <Link
      className={controls.button}
      href={clusterUrl(clusterId, "compare", target, origin === undefined ? [] : [origin])}
      title={t(hint)}
      data-testid="compare-button"
    >
      <GitCompare />
      {t("compare.button")}
    </Link>
  );
}

/** The revision right before somebody last did something. */
function lastAct(timeline: Timeline | null): number | null {
  const last = timeline?.markers.findLast(({ kind }) => kind !== "leader" && kind !== "failure");
  return last === undefined || last.rev < 2 ? null : last.rev - 1;
}

/** The revision on screen and its time. `at` is null while live. */
function Moment({ at }: { at: number | null }) {
  const t = useT();
  const { rev } = useViewed();
  const now = useSimulatedNow(250);
  const liveRev = useSession((session) => session.cluster.rev) ?? 0;
  return (
    <span className={styles.moment} data-testid="timeline-moment">
      {t("time.rev", { rev: rev ?? liveRev })} · t={formatClock(at ?? now)}
    </span>
  );
}

function PastActions({ travel }: { travel: Travel }) {
  const t = useT();
  const now = useSession((session) => session.cluster.rev) ?? 0;
  return (
    <button
      type="button"
      className={controls.primary}
      title={`${t("time.live", { n: Math.max(0, now - (travel.rev ?? now)) })} (L)`}
      data-testid="back-to-live"
      onClick={() => {
        travel.goTo(null);
      }}
    >
      <Radio />
      {t("time.live", { n: Math.max(0, now - (travel.rev ?? now)) })}
    </button>
  );
}

/** Single events and goals: the ways to go on that need a live clock. */
function Ahead({ clusterId, mayRun }: { clusterId: string; mayRun: boolean }) {
  const t = useT();
  const run = useRun(clusterId);
  return (
    <>
      <button
        type="button"
        className={controls.icon}
        aria-label={t("time.step")}
        title={mayRun ? `${t("time.step")} (.)` : t("role.viewHint")}
        disabled={!mayRun || run.isPending}
        data-testid="clock-step"
        onClick={() => {
          run.mutate({ step: 1 });
        }}
      >
        <StepForward />
      </button>
      <RunUntil mayRun={mayRun} run={run} />
      <GoalChip />
    </>
  );
}
