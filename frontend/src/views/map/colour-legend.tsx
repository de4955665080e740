import { useMemo } from "react";
import { type MessageKey, useLanguage, useT } from "../../i18n/index.ts";
import type { ClusterState } from "../../model/cluster.ts";
import {
  countBySteps,
  groupByName,
  isScale,
  learnNames,
  type NameColumn,
  type Hues,
  type Scale,
  SCALES,
} from "../../model/colours.ts";
import { parseFilter, podMatcher, toggle, without } from "../../model/filter.ts";
import legend from "../../ui/legend.module.css";
import { useAddress, useChangeAddress } from "../../ui/location.ts";
import { useClusterEvery, useViewedNow } from "../../ui/viewed.tsx";
import styles from "./colour-legend.module.css";
import { hueToken, stepToken } from "./palette.ts";

/** What the colours mean, how many pods have each, and a filter for each; nothing while they mean the status. */
export function ColourLegend({ hues }: { hues: Hues }) {
  const t = useT();
  const { colour } = useAddress();
  if (colour === "status") return null;
  return (
    <div
      className={legend.legend}
      role="group"
      aria-label={t("map.colourLegend")}
      data-testid="colour-legend"
    >
      {isScale(colour) ? <StepChips scale={colour} /> : <NameChips by={colour} hues={hues} />}
    </div>
  );
}

function StepChips({ scale }: { scale: Scale }) {
  const t = useT();
  const now = useViewedNow();
  const { query, namespace } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(500);
  const chosen = parseFilter(query)[scale];
  const counts = countBySteps(
    cluster,
    scale,
    now,
    podMatcher(cluster, without(query, scale), namespace, now),
  );
  return SCALES[scale].map(({ slug }, step) => (
    <Chip
      key={slug}
      ink={stepToken(step)}
      text={t(`map.step.${scale}.${slug}` as MessageKey)}
      pods={counts[step] ?? 0}
      isChosen={chosen.includes(slug)}
      onToggle={() => {
        change({ query: toggle(query, scale, slug) }, { replace: true });
      }}
    />
  ));
}

function NameChips({ by, hues }: { by: NameColumn; hues: Hues }) {
  const t = useT();
  const { query, namespace } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(500);
  const chosen = useChosenNames(by);
  const { named, others } = useMemo(() => {
    learnNames(hues, cluster, by);
    return groupByName(cluster, by, othersMatch(cluster, by, query, namespace), chosen);
  }, [cluster, by, hues, query, namespace, chosen]);
  const switchTo = (name: string): void => {
    if (by === "namespace") change({ namespace: chosen.includes(name) ? "" : name }, { replace: true });
    else change({ query: toggle(query, by, `=${name}`) }, { replace: true });
  };
  return (
    <>
      {named.map(({ id, name, pods }) => (
        <Chip
          key={id}
          ink={hueToken(hues[by].of(cluster.strings, id))}
          text={name === "" ? t("map.noOwner") : name}
          pods={pods}
          isChosen={chosen.includes(name)}
          onToggle={() => {
            switchTo(name);
          }}
        />
      ))}
      {others > 0 && (
        <span className={styles.others} data-testid="colour-others">
          {t("map.others")} <b>{others}</b>
        </span>
      )}
    </>
  );
}

/** The pods that all but the legend's own filter leaves: what its chips count. */
function othersMatch(
  cluster: ClusterState,
  by: NameColumn,
  query: string,
  namespace: string,
): (slot: number) => boolean {
  return by === "namespace"
    ? podMatcher(cluster, query, "")
    : podMatcher(cluster, without(query, by), namespace);
}

/** Names that have been chosen whole; a part of a name has no chip. */
function useChosenNames(by: NameColumn): readonly string[] {
  const { query, namespace } = useAddress();
  return useMemo(() => {
    if (by === "namespace") return namespace === "" ? [] : [namespace];
    return parseFilter(query)[by].flatMap((each) => (each.startsWith("=") ? [each.slice(1)] : []));
  }, [by, query, namespace]);
}

interface ChipProps {
  readonly ink: string;
  readonly text: string;
  readonly pods: number;
  readonly isChosen: boolean;
  readonly onToggle: () => void;
}

function Chip({ ink, text, pods, isChosen, onToggle }: ChipProps) {
  const language = useLanguage();
  return (
    <button
      type="button"
      className={legend.chip}
      aria-pressed={isChosen}
      data-empty={pods === 0}
      data-count={pods}
      onClick={onToggle}
    >
      <span className={styles.ink} style={{ background: `var(--${ink})` }} />
      <span className={styles.name} title={text}>
        {text}
      </span>
      <b>{pods.toLocaleString(language)}</b>
    </button>
  );
}
