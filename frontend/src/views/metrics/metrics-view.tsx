import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { getMetrics } from "../../api/analysis.ts";
import { type Translate, useT } from "../../i18n/index.ts";
import { type Chart, toCharts } from "../../model/metrics.ts";
import { revisionAtTime } from "../../model/timeline.ts";
import controls from "../../ui/controls.module.css";
import { useChangeAddress } from "../../ui/location.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useCluster, useViewed } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import { TimeChart } from "./time-chart.tsx";
import styles from "./metrics.module.css";

const REFRESH_MS = 5000;
const WINDOWS = [5, 10, 30, 60] as const;

/** What was requested, allocatable and used, over time. A press goes to the revision of that moment. */
export default function MetricsView({ clusterId }: ViewProps) {
  const t = useT();
  const [minutes, setMinutes] = useState<number>(10);
  const query = useQuery({
    queryKey: ["metrics", clusterId, minutes],
    queryFn: () => getMetrics(clusterId, 60 * minutes),
    placeholderData: (previous) => previous,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  const charts = useMemo(() => (query.data ? toCharts(query.data) : []), [query.data]);
  const { timeline } = useTimeline(clusterId);
  const change = useChangeAddress();
  const { rev } = useViewed();
  const then = useCluster((cluster) => cluster.at);
  return (
    <ViewFrame title={t("view.metrics")} tools={<Span minutes={minutes} onChoose={setMinutes} />}>
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
