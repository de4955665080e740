import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import { useLocation } from "wouter";
import { getCluster, listClusters } from "../../api/clusters.ts";
import type { Sides } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import { formatClock } from "../../model/age.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import { useTimeline } from "../../ui/timeline/use-travel.ts";
import styles from "./compare.module.css";

/** Which cluster and which of its revisions stand on the left; what stands on the right is the timeline's affair. */
export function SidePicker({ clusterId, sides }: { clusterId: string; sides: Sides }) {
  const t = useT();
  const address = useAddress();
  const [, navigate] = useLocation();
  const go = (left: string, compare: number | null) => {
    const rest = left === clusterId ? [] : [left];
    navigate(clusterUrl(clusterId, "compare", { ...address, compare, to: "" }, rest));
  };
  return (
    <div className={styles.sides}>
      <ClusterSelect
        clusterId={clusterId}
        chosen={sides.left}
        onChoose={(left) => {
          go(left, null);
        }}
      />
      <RevisionSelect
        clusterId={clusterId}
        sides={sides}
        onChoose={(rev) => {
          go(sides.left, rev);
        }}
      />
      <button
        type="button"
        className={controls.icon}
        aria-label={t("compare.swap")}
        title={t("compare.swap")}
        data-testid="compare-swap"
        onClick={() => {
          const rest = sides.left === clusterId ? [] : [clusterId];
          const swapped = { ...address, rev: sides.leftRev, compare: sides.rightRev, to: "" };
          navigate(clusterUrl(sides.left, "compare", swapped, rest));
        }}
      >
        <ArrowLeftRight />
      </button>
      <span className={styles.right}>
        {t("compare.this")} ·{" "}
        {sides.rightRev === null ? t("compare.now") : t("time.rev", { rev: sides.rightRev })}
      </span>
    </div>
  );
}

interface ClusterSelectProps {
  readonly clusterId: string;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

function ClusterSelect({ clusterId, chosen, onChoose }: ClusterSelectProps) {
  const t = useT();
  const { data: own } = useQuery({ queryKey: ["cluster", clusterId], queryFn: () => getCluster(clusterId) });
  const { data: all = [] } = useQuery({ queryKey: ["clusters"], queryFn: () => listClusters() });
  const others = all.filter((each) => each.id !== clusterId);
  const origin = own?.origin?.id;
  return (
    <select
      className={controls.input}
      aria-label={t("compare.leftCluster")}
      value={chosen}
      data-testid="compare-cluster"
      onChange={(event) => {
        onChoose(event.target.value);
      }}
    >
      <option value={clusterId}>{t("compare.this")}</option>
      {others
        .toSorted((a, b) => Number(b.id === origin) - Number(a.id === origin))
        .map(({ id, name }) => (
          <option key={id} value={id}>
            {id === origin ? t("compare.origin", { name }) : name}
          </option>
        ))}
      {chosen !== clusterId && others.every((each) => each.id !== chosen) && (
        <option value={chosen}>{chosen}</option>
      )}
    </select>
  );
}

interface RevisionSelectProps {
  readonly clusterId: string;
  readonly sides: Sides;
  readonly onChoose: (rev: number | null) => void;
}

/** What happened offers the moments right before it; any other revision can be typed. */
function RevisionSelect({ clusterId, sides, onChoose }: RevisionSelectProps) {
  const t = useT();
  const { timeline } = useTimeline(clusterId);
  const isSame = sides.left === clusterId;
  const marks = isSame
    ? (timeline?.markers ?? []).filter(({ kind, rev }) => kind !== "leader" && rev > 1)
    : [];
  const take = (text: string): void => {
    const rev = revisionIn(text);
    if (rev !== sides.leftRev) onChoose(rev);
  };
  return (
    <>
      <input
        key={`${sides.left} ${String(sides.leftRev)}`}
        className={styles.revision}
        type="text"
        inputMode="numeric"
        list="compare-marks"
        defaultValue={sides.leftRev ?? ""}
        placeholder={isSame ? t("compare.revision") : t("compare.now")}
        aria-label={t("compare.leftRevision")}
        data-testid="compare-revision"
        onChange={(event) => {
          // a choice from the list comes at once, typing ends with Enter or when the field is left
          if (marks.some(({ rev }) => String(rev - 1) === event.target.value)) take(event.target.value);
        }}
        onBlur={(event) => {
          take(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") take(event.currentTarget.value);
        }}
      />
      <datalist id="compare-marks">
        {marks
          .slice(-30)
          .reverse()
          .map(({ rev, at, text }) => (
            <option key={`${String(rev)} ${text}`} value={rev - 1}>
              {t("compare.before", { text, time: formatClock(at) })}
            </option>
          ))}
      </datalist>
    </>
  );
}

function revisionIn(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text.trim()) ? Number(text) : null;
}
