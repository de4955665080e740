import { Check, Star, X } from "lucide-react";
import { useState } from "react";
import { useT } from "../../i18n/index.ts";
import {
  because,
  inOrderOfPromise,
  type Matrix,
  type NodeVerdicts,
  scoreScale,
  tellingPlugins,
  verdictOf,
} from "../../model/scheduling.ts";
import controls from "../../ui/controls.module.css";
import styles from "./sched.module.css";

/** As many nodes as are shown at once; those that came furthest are on top anyway. */
const MOST_ROWS = 100;

/** Every node against every plugin: passed, failed because, or not reached. */
export function FilterMatrix({ matrix }: { matrix: Matrix }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const telling = tellingPlugins(matrix);
  const plugins = all ? matrix.plugins : telling;
  const rows = inOrderOfPromise(matrix).slice(0, MOST_ROWS);
  return (
    <section>
      <div className={controls.row}>
        <h3>{t("sched.matrix")}</h3>
        {telling.length < matrix.plugins.length && (
          <button
            type="button"
            className={controls.quiet}
            aria-pressed={all}
            onClick={() => {
              setAll(!all);
            }}
          >
            {all ? t("sched.tellingOnly") : t("sched.allPlugins", { n: matrix.plugins.length })}
          </button>
        )}
        {(matrix.truncated || matrix.rows.length > rows.length) && (
          <span className={controls.muted}>{t("sched.truncated", { n: rows.length })}</span>
        )}
      </div>
      <div className={styles.wide} tabIndex={0} role="region" aria-label={t("sched.matrix")}>
        <table className={styles.matrix} data-testid="sched-matrix">
          <thead>
            <tr>
              <th scope="col">{t("inspector.onNode")}</th>
              {plugins.map((plugin) => (
                <th key={plugin} scope="col" className={styles.plugin}>
                  {plugin}
                </th>
              ))}
              <th scope="col">{t("sched.because")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <MatrixRow key={row.node} row={row} plugins={plugins} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function MatrixRow({ row, plugins }: { row: NodeVerdicts; plugins: readonly string[] }) {
  const t = useT();
  return (
    <tr data-testid="sched-matrix-row" data-node={row.node}>
      <th scope="row">{row.node}</th>
      {plugins.map((plugin) => {
        const status = verdictOf(row, plugin);
        return (
          <td key={plugin} className={styles.mark} data-status={status}>
            {status === "pass" && <Check size={15} aria-label={t("sched.passes")} />}
            {status === "fail" && (
              <>
                <X size={15} aria-hidden="true" /> {t("sched.fails")}
              </>
            )}
            {status === "skip" && <span title={t("sched.notReached")}>·</span>}
          </td>
        );
      })}
      <td>
        {because(row) === "" ? <span className={controls.toneOk}>{t("sched.fits")}</span> : because(row)}
      </td>
    </tr>
  );
}

/** Nodes that fit, with what each scoring plugin gave them. */
export function ScoreTable({ matrix }: { matrix: Matrix }) {
  const t = useT();
  const rows = inOrderOfPromise(matrix)
    .filter((row) => row.scores.length > 0)
    .slice(0, MOST_ROWS);
  if (rows.length === 0) return null;
  const { plugins, most, total } = scoreScale(rows);
  return (
    <section>
      <h3>{t("sched.scores")}</h3>
      <div className={styles.wide} tabIndex={0} role="region" aria-label={t("sched.scores")}>
        <table className={styles.matrix} data-testid="sched-scores">
          <thead>
            <tr>
              <th scope="col">{t("inspector.onNode")}</th>
              {plugins.map(({ plugin, weight }) => (
                <th key={plugin} scope="col" className={styles.score}>
                  {plugin} ×{weight}
                </th>
              ))}
              <th scope="col" className={styles.score}>
                {t("sched.total")}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={row.node}>
                <th scope="row">
                  {row.node} {index === 0 && <Star size={13} aria-label={t("sched.best")} />}
                </th>
                {plugins.map(({ plugin }) => {
                  const score = row.scores.find((each) => each.plugin === plugin);
                  return (
                    <td
                      key={plugin}
                      className={styles.score}
                      title={score && `${String(score.raw)} × ${String(score.weight)}`}
                    >
                      <Bar value={score?.weighted ?? 0} most={most} />
                    </td>
                  );
                })}
                <td className={styles.score}>
                  <Bar value={row.total ?? 0} most={total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Bar({ value, most }: { value: number; most: number }) {
  return (
    <span className={styles.bar}>
      {value}
      <i style={{ width: `${String((60 * Math.max(0, value)) / most)}px` }} />
    </span>
  );
}
