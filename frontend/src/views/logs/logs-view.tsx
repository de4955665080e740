import { useMemo, useState } from "react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import { formatClock } from "../../model/age.ts";
import { filterLines, type LogLine, toneOf, visible } from "../../model/logs.ts";
import { revisionAtTime } from "../../model/timeline.ts";
import controls from "../../ui/controls.module.css";
import { type ReadLog, useLog } from "../../ui/log-reader.ts";
import { clusterUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { useContainers } from "../../ui/use-containers.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import { Note, ViewFrame } from "../../ui/view-frame.tsx";
import { useClusterEvery, useViewed, useViewedNow } from "../../ui/viewed.tsx";
import { VirtualList } from "../../ui/virtual-list.tsx";
import type { ViewProps } from "../view-props.ts";
import styles from "./logs.module.css";

/** A container's lines: those of the pod in the path, or of the selected one. */
export default function LogsView({ clusterId, rest }: ViewProps) {
  const { selection } = useAddress();
  const [namespace, pod] = rest;
  const chosen =
    namespace !== undefined && pod !== undefined
      ? { namespace, pod }
      : selection?.kind === "pod"
        ? { namespace: selection.namespace, pod: selection.name }
        : null;
  if (chosen === null) return <ChoosePod clusterId={clusterId} />;
  return <PodLogs key={`${chosen.namespace}/${chosen.pod}`} clusterId={clusterId} {...chosen} />;
}

const SHOWN_PODS = 100;

function ChoosePod({ clusterId }: { clusterId: string }) {
  const t = useT();
  const { pods, strings } = useClusterEvery(1000);
  const { rev } = useAddress();
  const slots = [...pods.slots.values()].slice(0, SHOWN_PODS);
  return (
    <ViewFrame title={t("view.logs")}>
      <Note testId="logs-choose">{t("logs.choose")}</Note>
      <ul className={styles.pods}>
        {slots.map((slot) => {
          const place = strings.at(pods.namespace[slot] ?? 0);
          const name = pods.name[slot] ?? "";
          return (
            <li key={pods.uid[slot]}>
              <Link href={clusterUrl(clusterId, "logs", { rev }, [place, name])}>
                {place}/{name}
              </Link>
            </li>
          );
        })}
      </ul>
    </ViewFrame>
  );
}

interface PodLogsProps {
  readonly clusterId: string;
  readonly namespace: string;
  readonly pod: string;
}

function PodLogs({ clusterId, namespace, pod }: PodLogsProps) {
  const t = useT();
  const { rev } = useViewed();
  const now = useViewedNow();
  const { query: words } = useAddress();
  const [container, setContainer] = useState("");
  const [previous, setPrevious] = useState(false);
  const [follow, setFollow] = useState(true);
  const isFollowing = follow && rev === null && !previous;
  const log = useLog(clusterId, { namespace, pod, container, previous }, isFollowing);
  const until = rev === null ? null : now;
  const lines = useMemo(() => filterLines(log.lines, words, until), [log.lines, words, until]);
  return (
    <ViewFrame
      title={
        <>
          {t("view.logs")} <span className={controls.mono}>{`${namespace}/${pod}`}</span>
        </>
      }
      tools={
        <>
          <Containers
            clusterId={clusterId}
            namespace={namespace}
            pod={pod}
            value={container}
            onChoose={setContainer}
          />
          <Check
            label={t("logs.previous")}
            checked={previous}
            onChange={setPrevious}
            testId="logs-previous"
          />
          <Check label={t("logs.follow")} checked={isFollowing} onChange={setFollow} testId="logs-follow" />
          <Search />
          <span className={controls.muted} role="status">
            {t("logs.lines", { n: lines.length })}
            {until !== null && ` · ${t("logs.untilHere")}`}
          </span>
        </>
      }
    >
      <Silence log={log} shown={lines.length} />
      {lines.length > 0 && (
        <Lines
          clusterId={clusterId}
          lines={lines}
          follow={isFollowing}
          onLeaveEnd={() => {
            setFollow(false);
          }}
        />
      )}
    </ViewFrame>
  );
}

/** What is said when there is no line to show, and why. */
function Silence({ log, shown }: { log: ReadLog; shown: number }) {
  const t = useT();
  if (log.error) {
    return (
      <Note testId="view-error">
        <span className={controls.toneBad}>{t("view.failed", { message: log.error.message })}</span>
      </Note>
    );
  }
  if (log.isPending) return <p className={controls.muted}>{t("app.loading")}</p>;
  if (shown > 0) return null;
  return <Note testId="logs-none">{t(log.lines.length === 0 ? "logs.none" : "logs.noneMatch")}</Note>;
}

interface LinesProps {
  readonly clusterId: string;
  readonly lines: readonly LogLine[];
  readonly follow: boolean;
  readonly onLeaveEnd: () => void;
}

function Lines({ clusterId, lines, follow, onLeaveEnd }: LinesProps) {
  const t = useT();
  const change = useChangeAddress();
  const { timeline } = useTimeline(clusterId);
  return (
    <VirtualList
      label={t("view.logs")}
      columns="92px minmax(0, 1fr)"
      heads={[t("requests.when"), t("events.message")]}
      count={lines.length}
      rowHeight={22}
      rowKey={(index) => index}
      followEnd={follow}
      onLeaveEnd={onLeaveEnd}
      testId="log-lines"
      row={(index) => {
        const line = lines[index];
        if (line === undefined) return { cells: [] };
        const time = `t=${formatClock(line.at)}`;
        return {
          testId: "log-line",
          cells: [
            <button
              type="button"
              className={styles.time}
              title={t("logs.jump")}
              disabled={timeline === null}
              onClick={() => {
                if (timeline) change({ rev: revisionAtTime(timeline, line.at) });
              }}
            >
              {time}
            </button>,
            <span className={styles.line} data-tone={toneOf(line.text)} title={line.text}>
              {visible(line.text)}
            </span>,
          ],
        };
      }}
    />
  );
}

interface ContainersProps extends PodLogsProps {
  readonly value: string;
  readonly onChoose: (container: string) => void;
}

function Containers({ clusterId, namespace, pod, value, onChoose }: ContainersProps) {
  const t = useT();
  const names = useContainers(clusterId, namespace, pod);
  return (
    <select
      className={controls.input}
      aria-label={t("logs.container")}
      value={value}
      data-testid="logs-container"
      onChange={(event) => {
        onChoose(event.target.value);
      }}
    >
      <option value="">{names[0] ?? t("logs.firstContainer")}</option>
      {names.slice(1).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly testId: string;
}

function Check({ label, checked, onChange, testId }: CheckProps) {
  return (
    <label className={controls.row}>
      <input
        type="checkbox"
        checked={checked}
        data-testid={testId}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      {label}
    </label>
  );
}

function Search() {
  const t = useT();
  const { query } = useAddress();
  const change = useChangeAddress();
  return (
    <input
      id="filter"
      className={controls.input}
      aria-label={t("logs.search")}
      placeholder={t("logs.search")}
      value={query}
      data-testid="filter-input"
      onChange={(event) => {
        change({ query: event.target.value }, { replace: true });
      }}
    />
  );
}
