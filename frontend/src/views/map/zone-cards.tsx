import { useMemo } from "react";
import { useLanguage, useT } from "../../i18n/index.ts";
import type { ClusterState } from "../../model/cluster.ts";
import { podMatcher } from "../../model/filter.ts";
import { formatCpu, formatMemory } from "../../model/quantity.ts";
import { STATUSES } from "../../model/status.ts";
import { zoneCounts, zoneTotal } from "../../model/zones.ts";
import controls from "../../ui/controls.module.css";
import { Glyph } from "../../ui/glyph.tsx";
import { useAddress } from "../../ui/location.ts";
import { usePreferences } from "../../ui/preferences.ts";
import { useClusterEvery } from "../../ui/viewed.tsx";
import styles from "./zone-cards.module.css";

/** The map from farthest away: what each zone adds up to. */
export function ZoneCards() {
  const t = useT();
  const { query, namespace } = useAddress();
  const cluster = useClusterEvery(250);
  const matches = useMemo(() => podMatcher(cluster, query, namespace), [cluster, query, namespace]);
  return (
    <section className={styles.cards} tabIndex={0} aria-label={t("map.zones")} data-testid="zone-cards">
      {[...cluster.nodes.zones.keys()].map((zone) => (
        <ZoneCard key={zone} cluster={cluster} zone={zone} matches={matches} />
      ))}
    </section>
  );
}

interface ZoneCardProps {
  readonly cluster: ClusterState;
  readonly zone: string;
  readonly matches: (slot: number) => boolean;
}

function ZoneCard({ cluster, zone, matches }: ZoneCardProps) {
  const t = useT();
  const language = useLanguage();
  const change = usePreferences((preferences) => preferences.change);
  const total = zoneTotal(cluster, zone);
  if (total === null) return null;
  const counts = zoneCounts(cluster, zone, matches);
  const { nodes, pods, cpu, memory, notReady, cordoned } = total;
  const percent = Math.round((100 * cpu[1]) / Math.max(1, cpu[0]));
  return (
    <article className={styles.card} data-testid="zone-card" data-zone={zone} data-pods={pods}>
      <h3>{zone === "" ? t("map.zoneNone") : zone}</h3>
      <p>
        {t("map.zoneSum", { nodes, pods, cpu: percent })}
        {notReady > 0 && <b className={controls.toneBad}> · {t("map.unwell", { n: notReady })}</b>}
        {cordoned > 0 && (
          <span className={controls.toneWait}> · {t("map.cordonedCount", { n: cordoned })}</span>
        )}
      </p>
      <div className={styles.stack} aria-hidden="true">
        {STATUSES.filter(({ code }) => (counts[code] ?? 0) > 0).map(({ slug, code, tone }) => (
          <span key={slug} style={{ flexGrow: counts[code] ?? 0, background: `var(--${tone})` }} />
        ))}
      </div>
      <ul className={styles.counts}>
        {STATUSES.filter(({ code }) => (counts[code] ?? 0) > 0).map(({ slug, code }) => (
          <li key={slug}>
            <Glyph status={slug} size={12} /> {t(`status.${slug}`)}{" "}
            <b>{(counts[code] ?? 0).toLocaleString(language)}</b>
          </li>
        ))}
      </ul>
      <Share label={t("map.cpu")} share={cpu} format={formatCpu} />
      <Share label={t("map.memory")} share={memory} format={formatMemory} />
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          change({ mapPitch: "fit" });
        }}
      >
        {t("map.zoneOpen")}
      </button>
    </article>
  );
}

interface ShareProps {
  readonly label: string;
  readonly share: readonly [all: number, requested: number];
  readonly format: (amount: number) => string;
}

function Share({ label, share: [all, requested], format }: ShareProps) {
  const t = useT();
  return (
    <div className={styles.share}>
      <span>{label}</span>
      <meter
        aria-label={label}
        min={0}
        max={all}
        high={all * 0.8}
        optimum={0}
        value={Math.min(requested, all)}
      />
      <span className={controls.muted}>
        {t("map.requested", { used: format(requested), all: format(all) })}
      </span>
    </div>
  );
}
