import { CircleCheck, CircleMinus, CircleX } from "lucide-react";
import { Link } from "wouter";
import type { UploadAnswer, UploadProblem, UploadResult } from "../../api/types.ts";
import { type Translate, useT } from "../../i18n/index.ts";
import { isKnownKind } from "../../model/kinds.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useChangeAddress } from "../../ui/location.ts";
import styles from "./apply-view.module.css";

interface AnswerProps {
  readonly clusterId: string;
  readonly answer: UploadAnswer;
  readonly dryRun: boolean;
  readonly onGoTo: (file: string, line: number, column: number) => void;
}

/** What the server did with each object, and every fault with its place. */
export function Answer({ clusterId, answer, dryRun, onGoTo }: AnswerProps) {
  const t = useT();
  const didApply = answer.applied && !dryRun;
  return (
    <section
      className={styles.answer}
      data-testid="apply-result"
      data-applied={didApply}
      data-errors={answer.errors.length}
    >
      <p className={answer.errors.length > 0 ? styles.problem : styles.success} role="status">
        {headline(answer, dryRun, t)}
      </p>
      {didApply && (
        <Link className={controls.button} href={clusterUrl(clusterId, "map")} data-testid="apply-show-map">
          {t("apply.showMap")}
        </Link>
      )}
      {answer.errors.length > 0 && <h3>{t("apply.problems", { n: answer.errors.length })}</h3>}
      <ul>
        {answer.errors.map((problem, index) => (
          <Problem key={index} problem={problem} onGoTo={onGoTo} />
        ))}
      </ul>
      {answer.results.length > 0 && <h3>{t("apply.results")}</h3>}
      <ul>
        {answer.results.map((result) => (
          <Result
            key={`${result.file}:${String(result.index)}`}
            result={result}
            isExplained={answer.errors.some(
              (each) => each.file === result.file && each.index === result.index,
            )}
          />
        ))}
      </ul>
    </section>
  );
}

const DONE = new Set(["created", "configured", "unchanged"]);

function headline({ applied, results, errors }: UploadAnswer, dryRun: boolean, t: Translate): string {
  if (dryRun && errors.length === 0) return t("apply.valid", { n: results.length });
  if (dryRun || !applied) return t("apply.nothing");
  const done = results.filter((result) => DONE.has(result.action)).length;
  return done === results.length && errors.length === 0
    ? t("apply.done", { n: done })
    : t("apply.partly", { done, all: results.length });
}

function Problem({ problem, onGoTo }: { problem: UploadProblem } & Pick<AnswerProps, "onGoTo">) {
  const t = useT();
  const { file, field, message } = problem;
  const line = problem.line ?? 0;
  const column = Math.max(1, problem.column ?? 1);
  return (
    <li className={styles.problem} data-testid="apply-problem" data-line={line} data-column={column}>
      {line > 0 && (
        <button
          type="button"
          title={t("apply.goTo", { file, line })}
          onClick={() => {
            onGoTo(file, line, column);
          }}
        >
          {line}:{column}
        </button>
      )}{" "}
      {field !== "" && !message.startsWith(`${field}:`) && <code>{field}</code>} {message}
      <div className={controls.muted}>{file}</div>
    </li>
  );
}

/** `isExplained`: a problem above says it already. */
function Result({ result, isExplained }: { result: UploadResult; isExplained: boolean }) {
  const t = useT();
  const change = useChangeAddress();
  const { kind, namespace, name, action, message } = result;
  const isDone = DONE.has(action);
  const label = `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
  const Icon = action === "failed" ? CircleX : isDone || action === "valid" ? CircleCheck : CircleMinus;
  const tone =
    action === "failed" ? controls.toneBad : isDone || action === "valid" ? controls.toneOk : controls.muted;
  return (
    <li className={styles.result} data-testid="apply-object" data-action={action}>
      <Icon size={16} className={tone} aria-hidden="true" />
      {isDone && isKnownKind(kind) ? (
        <button
          type="button"
          onClick={() => {
            change({ selection: { kind: kind.toLowerCase(), namespace, name } });
          }}
        >
          {label}
        </button>
      ) : (
        <span>{label}</span>
      )}
      <span className={tone}>{t(`action.${action}`)}</span>
      {message !== "" && !isExplained && <div className={styles.message}>{message}</div>}
    </li>
  );
}
