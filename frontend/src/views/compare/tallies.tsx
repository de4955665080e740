import type { Sides } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import { type Comparison, signed, type Tally } from "../../model/compare.ts";
import { STATUS_SLUGS } from "../../model/status.ts";
import { Glyph } from "../../ui/glyph.tsx";
import styles from "./compare.module.css";

interface TalliesProps {
  readonly left: Tally;
  readonly right: Tally;
  readonly sides: Sides;
  readonly told: Comparison;
}

/** Pods by status and ready nodes, left and right. */
export function Tallies({ left, right, sides, told }: TalliesProps) {
  const t = useT();
  const slugs = STATUS_SLUGS.filter((slug) => left.byStatus[slug] + right.byStatus[slug] > 0);
  const leftName = sides.left === sides.right ? "" : t("compare.other");
  return (
    <table className={styles.tallies} data-testid="compare-tallies">
      <thead>
        <tr>
          <th scope="col">{t("compare.counts")}</th>
          {slugs.map((slug) => (
            <th key={slug} scope="col">
              <span className={styles.status}>
                <Glyph status={slug} /> {t(`status.${slug}`)}
              </span>
            </th>
          ))}
          <th scope="col">{t("compare.pods")}</th>
          <th scope="col">{t("compare.readyNodes")}</th>
        </tr>
      </thead>
      <tbody>
        <Row name={leftName} rev={told.rev} tally={left} slugs={slugs} />
        <Row
          name={sides.left === sides.right ? "" : t("compare.this")}
          rev={told.with_rev}
          tally={right}
          slugs={slugs}
        />
        <tr className={styles.change}>
          <th scope="row">{t("compare.change")}</th>
          {slugs.map((slug) => (
            <td key={slug}>{signed(right.byStatus[slug] - left.byStatus[slug])}</td>
          ))}
          <td>{signed(right.pods - left.pods)}</td>
          <td>{signed(right.ready - left.ready)}</td>
        </tr>
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly name: string;
  readonly rev: number;
  readonly tally: Tally;
  readonly slugs: readonly (typeof STATUS_SLUGS)[number][];
}

function Row({ name, rev, tally, slugs }: RowProps) {
  const t = useT();
  return (
    <tr>
      <th scope="row">
        {name} {t("time.rev", { rev })}
      </th>
      {slugs.map((slug) => (
        <td key={slug}>{tally.byStatus[slug]}</td>
      ))}
      <td>{tally.pods}</td>
      <td>
        {tally.ready} / {tally.nodes}
      </td>
    </tr>
  );
}
