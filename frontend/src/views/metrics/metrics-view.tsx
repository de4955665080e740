import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { getMetrics } from "../../api/analysis.ts";
import { type Translate, useT } from "../../i18n/index.ts";
import { formatSelection, parseSelection, type Selection } from "../../model/address.ts";
import { historyPath } from "../../model/kinds.ts";
import { type Chart, toCharts, windowEnd } from "../../model/metrics.ts";
import { compareNatural } from "../../model/nodes.ts";
import { revisionAtTime } from "../../model/timeline.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useCluster, useClusterEvery, useViewed } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import { TimeChart } from "./time-chart.tsx";
import styles from "./metrics.module.css";

const REFRESH_MS = 5000;
const MOST_NODES = 500;
const WINDOWS = [5, 10, 30, 60] as const;

/** What was requested, allocatable and used, over time. A press goes to the revision of that moment. */
export default function MetricsView({ clusterId, rest }: ViewProps) {
  const t = useT();
  const [minutes, setMinutes] = useState<number>(10);
  const measured = selectionIn(rest);
  const { rev } = useViewed();
  const then = useCluster((cluster) => cluster.at);
  const { timeline } = useTimeline(clusterId);
  const change = useChangeAddress();
  const until = windowEnd(rev === null ? null : then, timeline?.at ?? then, 60_000 * minutes);
  const path = measured && historyPath(measured);
  const query = useQuery({
    queryKey: ["metrics", clusterId, path, minutes, until],
    queryFn: () => getMetrics(clusterId, { window: 60 * minutes, until, path }),
    placeholderData: (previous, before) => (before?.queryKey[2] === path ? previous : undefined),
    refetchInterval: until === null ? REFRESH_MS : false,
    retry: false,
  });
  const charts = useMemo(() => (query.data ? toCharts(query.data) : []), [query.data]);
  const tools = (
    <>
      <ScopeSelect clusterId={clusterId} measured={measured} />
      <Span minutes={minutes} onChoose={setMinutes} />
      <span className={controls.muted}>{t("metrics.press")}</span>
    </>
  );
  return (
    <ViewFrame title={t("view.metrics")} tools={tools}>
      {query.data === undefined && <Waiting query={query} />}
      {query.data && query.data.at.length === 0 && <Note testId="metrics-empty">{t("metrics.empty")}</Note>}
      {query.data && query.data.at.length > 0 && (
        <Scroll>
          <div className={styles.charts}>
            {charts.map((chart) => (
              <figure
                key={`${chart.subject} ${chart.unit}`}
                className={styles.chart}
                data-testid="metrics-chart"
                data-subject={chart.subject}
              >
                <figcaption>{subjectName(chart, t)}</figcaption>
                <TimeChart
                  at={query.data.at}
                  chart={chart}
                  label={t("metrics.chart", { subject: subjectName(chart, t) })}
                  nameOf={(name) => seriesName(name, t)}
                  cursor={rev === null ? null : then}
                  onChoose={(at) => {
                    if (timeline) change({ rev: revisionAtTime(timeline, at) });
                  }}
                />
              </figure>
            ))}
          </div>
        </Scroll>
      )}
    </ViewFrame>
  );
}

/** The object in the view's path: `node/_/node-1`, `deployment/shop/web`. */
function selectionIn(rest: readonly string[]): Selection | null {
  return parseSelection(rest.join("/"));
}

interface ScopeSelectProps {
  readonly clusterId: string;
  readonly measured: Selection | null;
}

/** The cluster, one of its nodes, or what is selected. */
function ScopeSelect({ clusterId, measured }: ScopeSelectProps) {
  const t = useT();
  const address = useAddress();
  const [, navigate] = useLocation();
  const nodes = useClusterEvery(2000).nodes;
  const names = useMemo(() => [...nodes.byName.keys()].sort(compareNatural).slice(0, MOST_NODES), [nodes]);
  const { selection } = address;
  const others = [measured, selection].filter((each) => each !== null && each.kind !== "node");
  const texts = new Set(others.map((each) => (each ? formatSelection(each) : "")));
  return (
    <select
      className={styles.scope}
      aria-label={t("metrics.of")}
      value={measured ? formatSelection(measured) : ""}
      data-testid="metrics-scope"
      onChange={(event) => {
        navigate(clusterUrl(clusterId, "metrics", address, event.target.value.split("/").filter(Boolean)));
      }}
    >
      <option value="">{t("metrics.wholeCluster")}</option>
      {[...texts].map((text) => (
        <option key={text} value={text}>
          {text.replace("/_/", "/")}
        </option>
      ))}
      <optgroup label={t("view.nodes")}>
        {names.map((name) => (
          <option key={name} value={`node/_/${name}`}>
            {name}
          </option>
        ))}
      </optgroup>
    </select>
  );
}

function Span({ minutes, onChoose }: { minutes: number; onChoose: (minutes: number) => void }) {
  const t = useT();
  return (
    <select
      className={controls.input}
      aria-label={t("metrics.window")}
      value={minutes}
      data-testid="metrics-window"
      onChange={(event) => {
        onChoose(Number(event.target.value));
      }}
    >
      {WINDOWS.map((each) => (
        <option key={each} value={each}>
          {t("metrics.lastMinutes", { n: each })}
        </option>
      ))}
    </select>
  );
}

export function subjectName({ subject }: Chart, t: Translate): string {
  return subject === "cpu" || subject === "memory" || subject === "pods" ? t(`metrics.${subject}`) : subject;
}

const SERIES = ["requested", "allocatable", "used", "running", "pending", "failing"] as const;

export function seriesName(name: string, t: Translate): string {
  const known = SERIES.find((each) => each === name);
  return known === undefined ? name : t(`metrics.${known}`);
}
