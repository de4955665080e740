import { useMemo } from "react";
import { useLanguage, useT } from "../../i18n/index.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { countByAge, groupByName, hueOfName, type NameColumn } from "../../model/colours.ts";
import { podMatcher } from "../../model/filter.ts";
import { useAddress } from "../../ui/location.ts";
import { useClusterEvery, useViewedNow } from "../../ui/viewed.tsx";
import styles from "./colour-legend.module.css";
import { AGES, HUES, type Ink, inThemes } from "./inks.ts";
import { useColouring } from "./use-colouring.ts";

/** What the colours of the pods that the filter leaves mean; nothing while they mean the status. */
export function ColourLegend() {
  const t = useT();
  const [colouring] = useColouring();
  if (colouring === "status") return null;
  return (
    <ul className={styles.legend} aria-label={t("map.colourLegend")} data-testid="colour-legend">
      {colouring === "age" ? <AgeChips /> : <NameChips by={colouring} />}
    </ul>
  );
}

function AgeChips() {
  const t = useT();
  const now = useViewedNow();
  const [cluster, matches] = useMatching();
  const words = [t("map.age.0"), t("map.age.1"), t("map.age.2"), t("map.age.3"), t("map.age.4")];
  return countByAge(cluster, now, matches).map((pods, step) => (
    <Chip key={step} ink={AGES[step]} text={words[step] ?? ""} pods={pods} />
  ));
}

function NameChips({ by }: { by: NameColumn }) {
  const t = useT();
  const [cluster, matches] = useMatching();
  const { named, others } = useMemo(() => groupByName(cluster, by, matches), [cluster, by, matches]);
  return (
    <>
      {named.map(({ name, pods }) => (
        <Chip
          key={name}
          ink={HUES[hueOfName(name, HUES.length)]}
          text={name === "" ? t("map.noOwner") : name}
          pods={pods}
        />
      ))}
      {others > 0 && <Chip text={t("map.others")} pods={others} />}
    </>
  );
}

function Chip({ ink, text, pods }: { ink?: Ink | undefined; text: string; pods: number }) {
  const language = useLanguage();
  return (
    <li className={styles.chip} data-empty={pods === 0} data-count={pods}>
      {ink && <span className={styles.ink} style={{ background: inThemes(ink) }} />}
      <span className={styles.name} title={text}>
        {text}
      </span>
      <b>{pods.toLocaleString(language)}</b>
    </li>
  );
}

function useMatching(): [ClusterState, (slot: number) => boolean] {
  const { query, namespace } = useAddress();
  const cluster = useClusterEvery(1000);
  const matches = useMemo(() => podMatcher(cluster, query, namespace), [cluster, query, namespace]);
  return [cluster, matches];
}
