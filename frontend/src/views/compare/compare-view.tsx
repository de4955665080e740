import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getCluster } from "../../api/clusters.ts";
import { getPicture, getComparison, type Sides } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import { type Comparison, tallyOf } from "../../model/compare.ts";
import controls from "../../ui/controls.module.css";
import { useAddress } from "../../ui/location.ts";
import { Note, Scroll, ViewFrame, Waiting } from "../../ui/view-frame.tsx";
import { useViewed } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import styles from "./compare.module.css";
import { Differences } from "./differences.tsx";
import { SidePicker } from "./side-picker.tsx";
import { Tallies } from "./tallies.tsx";

const REFRESH_MS = 4000;

/** Another revision or another cluster on the left, what the timeline shows on the right, and all that differs. */
export default function CompareView({ clusterId, rest }: ViewProps) {
  const t = useT();
  const { compare } = useAddress();
  const { rev } = useViewed();
  const left = rest[0] ?? clusterId;
  const sides: Sides = { left, leftRev: compare, right: clusterId, rightRev: rev };
  const isChosen = left !== clusterId || (compare !== null && compare !== rev);
  return (
    <ViewFrame title={t("view.compare")} tools={<SidePicker clusterId={clusterId} sides={sides} />}>
      {isChosen ? <Compared sides={sides} /> : <Note testId="compare-none">{t("compare.choose")}</Note>}
    </ViewFrame>
  );
}

function Compared({ sides }: { sides: Sides }) {
  const isLive = sides.rightRev === null || (sides.leftRev === null && sides.left !== sides.right);
  const query = useQuery({
    queryKey: ["compare", sides],
    queryFn: () => getComparison(sides),
    refetchInterval: isLive ? REFRESH_MS : false,
    staleTime: isLive ? 0 : Infinity,
    retry: false,
  });
  if (query.data === undefined) return <Waiting query={query} />;
  return <Told sides={sides} told={query.data} />;
}

function Told({ sides, told }: { sides: Sides; told: Comparison }) {
  const t = useT();
  const left = useTally(sides.left, told.rev);
  const right = useTally(sides.right, told.with_rev);
  const [added, removed, changed] = (["added", "removed", "changed"] as const).map((side) =>
    told.kinds.reduce((sum, kind) => sum + kind[side], 0),
  );
  const isSame = added === 0 && removed === 0 && changed === 0;
  return (
    <Scroll>
      <p className={styles.sentence} data-testid="compare-sentence" data-same={isSame}>
        {isSame
          ? t("compare.same")
          : t("compare.sentence", { added: added ?? 0, removed: removed ?? 0, changed: changed ?? 0 })}{" "}
        {sides.left !== sides.right && <Stories sides={sides} told={told} />}
        {told.truncated && <span className={controls.muted}> {t("compare.truncated")}</span>}
      </p>
      {left && right && <Tallies left={left} right={right} sides={sides} told={told} />}
      {!isSame && <Differences sides={sides} told={told} />}
    </Scroll>
  );
}

/** Where the histories of two clusters part, as far as anybody can tell. */
function Stories({ sides: { left, right }, told }: { sides: Sides; told: Comparison }) {
  const t = useT();
  const { data: one } = useQuery({ queryKey: ["cluster", left], queryFn: () => getCluster(left) });
  const { data: other } = useQuery({ queryKey: ["cluster", right], queryFn: () => getCluster(right) });
  const forks = [one?.origin?.id === right && one.origin, other?.origin?.id === left && other.origin];
  const fork = forks.find((each) => typeof each === "object");
  if (typeof fork === "object") return t("compare.forkedAt", { rev: fork.rev });
  return told.parts_at === null ? null : t("compare.partsAt", { rev: told.parts_at });
}

/** The last one stays until the next is there. */
function useTally(cluster: string, rev: number) {
  const { data } = useQuery({
    queryKey: ["tally", cluster, rev],
    queryFn: async ({ signal }) => tallyOf(await getPicture(cluster, rev, signal)),
    staleTime: Infinity,
    retry: false,
  });
  const [kept, setKept] = useState(data);
  if (data !== undefined && data !== kept) setKept(data);
  return data ?? kept;
}
