import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { getTrace } from "../../api/analysis.ts";
import { listObjectHistory } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import { historyPath, selectionKind } from "../../model/kinds.ts";
import { formatGap, layOut, type Step, type Swimlanes, walk } from "../../model/trace.ts";
import { actorName } from "../../model/people.ts";
import controls from "../../ui/controls.module.css";
import { useKeys } from "../../ui/keys.ts";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import { Note, RevLink, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import type { ViewProps } from "../view-props.ts";
import { Lanes } from "./lanes.tsx";
import styles from "./trace-view.module.css";
import { Link } from "wouter";

/** The causal chain around one write: from what somebody did to what came of it. */
export default function TraceView({ clusterId, rest }: ViewProps) {
  const wanted = Number(rest[0]);
  const start = useStart(clusterId, Number.isSafeInteger(wanted) && wanted > 0 ? wanted : null);
  const t = useT();
  if (start === null) {
    return (
      <ViewFrame title={t("view.trace")}>
        <Note testId="trace-empty">{t("trace.nothing")}</Note>
      </ViewFrame>
    );
  }
  return <Chain key={start} clusterId={clusterId} rev={start} />;
}

/** The revision to begin with: the one in the path, else the selected object's newest, else the newest marker's. */
function useStart(clusterId: string, wanted: number | null): number | null {
  const { selection, rev } = useAddress();
  const { timeline } = useTimeline(clusterId);
  const path = selection === null ? "" : historyPath(selection);
  const { data: revisions } = useQuery({
    queryKey: ["object-history", clusterId, path],
    queryFn: () => listObjectHistory(clusterId, path),
    enabled: wanted === null && path !== "",
    retry: false,
  });
  if (wanted !== null) return wanted;
  const before = (each: { readonly rev: number }): boolean => rev === null || each.rev <= rev;
  const marked = timeline?.markers.findLast((each) => each.kind === "apply" && before(each));
  return revisions?.find(before)?.rev ?? marked?.rev ?? timeline?.markers.findLast(before)?.rev ?? null;
}

function Chain({ clusterId, rev }: { clusterId: string; rev: number }) {
  const t = useT();
  const change = useChangeAddress();
  const query = useQuery({
    queryKey: ["trace", clusterId, rev],
    queryFn: () => getTrace(clusterId, rev),
    retry: false,
    staleTime: 5000,
  });
  const lanes = useMemo(() => (query.data ? layOut(query.data) : null), [query.data]);
  const [at, setAt] = useState(0);
  const [isUnfolded, setUnfolded] = useState(false);
  const here = lanes?.columns[at]?.step;
  const go = (where: Parameters<typeof walk>[2]) => () => {
    if (lanes) setAt(walk(lanes, at, where));
  };
  const open = (step: Step | undefined): void => {
    if (step) change({ selection: selectionOf(step), rev: step.rev, tab: "diff" });
  };
  useKeys({
    ArrowLeft: go("cause"),
    ArrowRight: go("effect"),
    ArrowUp: go("before"),
    ArrowDown: go("after"),
    Enter: (event) => {
      if (event.target instanceof Element && event.target.closest("button, a")) return "unused";
      open(here);
      return undefined;
    },
    e: () => {
      setUnfolded(!isUnfolded);
    },
  });
  return (
    <ViewFrame title={<Title lanes={lanes} />} tools={lanes && <Summary lanes={lanes} />}>
      <Waiting query={query} />
      {query.data?.truncated && <Note>{t("trace.truncated")}</Note>}
      {lanes && lanes.columns.length > 0 && (
        <>
          <Scroll>
            <Lanes lanes={lanes} at={at} onChoose={setAt} onOpen={open} />
            <p className={styles.hint}>{t("trace.hint")}</p>
            {here && <Detail clusterId={clusterId} step={here} isUnfolded={isUnfolded} onOpen={open} />}
          </Scroll>
        </>
      )}
    </ViewFrame>
  );
}

function Title({ lanes }: { lanes: Swimlanes | null }) {
  const t = useT();
  const first = lanes?.columns[0]?.step;
  if (first === undefined) return t("view.trace");
  return (
    <>
      {t("view.trace")}: <span className={controls.mono}>{first.summary}</span>
    </>
  );
}

function Summary({ lanes: { elapsed, longest, columns } }: { lanes: Swimlanes }) {
  const t = useT();
  const whole = formatGap(elapsed).slice(1);
  const wait = longest && columns[longest.column]?.step;
  return (
    <span className={controls.muted} data-testid="trace-summary">
      {wait && longest
        ? t("trace.summary", {
            whole,
            what: wait.summary,
            gap: formatGap(longest.gap).slice(1),
            percent: Math.round(100 * longest.share),
          })
        : whole}
    </span>
  );
}

interface DetailProps {
  readonly clusterId: string;
  readonly step: Step;
  readonly isUnfolded: boolean;
  readonly onOpen: (step: Step) => void;
}

function Detail({ clusterId, step, isUnfolded, onOpen }: DetailProps) {
  const t = useT();
  const { actor, author, verb, kind, namespace, name, summary, rev, cause, count, revs } = step;
  return (
    <section className={styles.detail} aria-live="polite" data-testid="trace-detail" data-rev={rev}>
      <p>
        <b>{summary}</b>
        {count > 1 && <span className={styles.times}>×{count}</span>}
      </p>
      <p className={controls.muted}>
        {t("trace.step", {
          actor: author ?? actorName(actor),
          verb: t(`trace.${verb}`),
          object: `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`,
        })}{" "}
        · <RevLink rev={rev} />
        {cause !== null && (
          <>
            {" "}
            · {t("trace.causedBy")} <RevLink rev={cause} />
          </>
        )}
      </p>
      {isUnfolded && count > 1 && (
        <p className={styles.repeats}>
          {revs.map((each) => (
            <RevLink key={each} rev={each} />
          ))}
        </p>
      )}
      <div className={controls.row}>
        <button
          type="button"
          className={controls.button}
          data-testid="trace-open-diff"
          onClick={() => {
            onOpen(step);
          }}
        >
          {t("trace.openDiff")}
        </button>
        <Link className={controls.button} href={clusterUrl(clusterId, "trace", {}, [String(rev)])}>
          {t("trace.fromHere")}
        </Link>
      </div>
    </section>
  );
}

function selectionOf({ kind, namespace, name }: Step) {
  return { kind: selectionKind(kind), namespace, name };
}
