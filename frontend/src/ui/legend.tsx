import { useMemo } from "react";
import { useLanguage, useT } from "../i18n/index.ts";
import { countsIn, parseFilter, toggle } from "../model/filter.ts";
import { STATUSES } from "../model/status.ts";
import { Glyph } from "./glyph.tsx";
import styles from "./legend.module.css";
import { useAddress, useChangeAddress } from "./location.ts";
import { useCluster } from "./viewed.tsx";

/** The status chips: legend, counts and filters at once. */
export function Legend() {
  const t = useT();
  const language = useLanguage();
  const { query, namespace } = useAddress();
  const change = useChangeAddress();
  const cluster = useCluster((state) => state);
  const counts = useMemo(() => countsIn(cluster, query, namespace), [cluster, query, namespace]);
  const chosen = parseFilter(query).status;
  return (
    <div className={styles.legend} role="group" aria-label={t("legend.label")}>
      {STATUSES.map(({ slug, code }) => (
        <button
          key={slug}
          type="button"
          className={styles.chip}
          aria-pressed={chosen.includes(slug)}
          title={t(`status.${slug}`)}
          data-empty={counts[code] === 0}
          data-testid={`legend-${slug}`}
          data-count={counts[code] ?? 0}
          onClick={() => {
            change({ query: toggle(query, "status", slug) }, { replace: true });
          }}
        >
          <Glyph status={slug} />
          <span className={styles.word}>{t(`status.${slug}`)}</span>
          <b>{(counts[code] ?? 0).toLocaleString(language)}</b>
        </button>
      ))}
    </div>
  );
}
