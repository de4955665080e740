import { Wrench } from "lucide-react";
import { type Translate, useT } from "../../i18n/index.ts";
import { applyEdit, type Fix, type Problem } from "../../model/lint/problem.ts";
import controls from "../../ui/controls.module.css";
import styles from "./apply-view.module.css";
import { type Draft, setText } from "./drafts.ts";
import type { FileProblem } from "./lint-jobs.ts";

interface LintListProps {
  readonly clusterId: string;
  readonly draft: Draft;
  readonly problems: readonly FileProblem[];
  readonly isReadOnly: boolean;
  readonly onGoTo: (file: string, line: number, column: number) => void;
}

const SHOWN = 30;

/** What is wrong with the text before anybody asks the server, each with its place and, when there is one, its fix. */
export function LintList({ clusterId, draft, problems, isReadOnly, onGoTo }: LintListProps) {
  const t = useT();
  if (problems.length === 0) return null;
  const apply = (file: string, fix: Fix): void => {
    const text = draft.files.find((each) => each.name === file)?.text;
    if (text !== undefined) setText(clusterId, file, applyEdit(text, fix.edit));
  };
  return (
    <section className={styles.answer} data-testid="lint" data-problems={problems.length}>
      <h3>{t("lint.title", { n: problems.length })}</h3>
      <ul>
        {problems.slice(0, SHOWN).map((problem, index) => (
          <li
            key={index}
            className={problem.severity === "error" ? styles.problem : styles.warning}
            data-testid="lint-problem"
            data-code={problem.code}
            data-line={problem.line}
            data-column={problem.column}
          >
            <button
              type="button"
              title={t("apply.goTo", { file: problem.file, line: problem.line })}
              onClick={() => {
                onGoTo(problem.file, problem.line, problem.column);
              }}
            >
              {problem.line}:{problem.column}
            </button>{" "}
            {problemText(problem, t)}{" "}
            {problem.fixes.map((fix) => (
              <button
                key={fix.label}
                type="button"
                className={controls.button}
                disabled={isReadOnly}
                data-testid="lint-fix"
                onClick={() => {
                  apply(problem.file, fix);
                }}
              >
                <Wrench aria-hidden="true" />
                {t("lint.fix", { text: fix.label })}
              </button>
            ))}
            {draft.files.length > 1 && <div className={controls.muted}>{problem.file}</div>}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function problemText({ code, values }: Problem, t: Translate): string {
  return t(`lint.${code}`, values);
}
