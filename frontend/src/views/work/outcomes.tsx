import { Check, X } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { failuresFirst, keyOf, type Outcome } from "../../model/actions.ts";
import controls from "../../ui/controls.module.css";
import styles from "./act-dialog.module.css";

const MOST = 500;

/** What came of each object, the failures first. */
export function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  const t = useT();
  const failed = outcomes.filter((outcome) => !outcome.isDone).length;
  return (
    <>
      {outcomes.length > 0 && (
        <p role="status" data-testid="outcome-sum" data-done={outcomes.length - failed} data-failed={failed}>
          {t("act.sum", { done: outcomes.length - failed, failed })}
        </p>
      )}
      <ul className={styles.hit} tabIndex={0} aria-label={t("act.outcomes")}>
        {failuresFirst(outcomes)
          .slice(0, MOST)
          .map(({ target, isDone, message }) => (
            <li key={keyOf(target)} data-testid="outcome" data-done={isDone} className={styles.outcome}>
              <span className={isDone ? controls.toneOk : controls.toneBad}>
                {isDone ? <Check size={14} /> : <X size={14} />}
                <span className={controls.hidden}>{t(isDone ? "act.done" : "act.failed")}</span>
              </span>
              <span>
                {target.name} <span className={controls.muted}>{message}</span>
              </span>
            </li>
          ))}
      </ul>
    </>
  );
}
