import { CircleCheck, CircleX, FlaskConical, GitCompareArrows, Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { UploadProblem } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import { outline } from "../../model/documents.ts";
import type { ProblemCode } from "../../model/lint/problem.ts";
import controls from "../../ui/controls.module.css";
import { usePreferences } from "../../ui/preferences.ts";
import { Answer } from "./answer.tsx";
import styles from "./apply-view.module.css";
import type { ApplyOptions, Upload } from "./apply-view.tsx";
import { Beginnings } from "./beginnings.tsx";
import type { Draft } from "./drafts.ts";
import type { FileProblem } from "./lint-jobs.ts";
import { LintList } from "./lint-list.tsx";
import { newJobName, UploadJob } from "./upload-job.tsx";

const DiffDialog = lazy(() => import("./diff-dialog.tsx"));

interface ApplyPanelProps {
  readonly clusterId: string;
  readonly draft: Draft;
  readonly isReadOnly: boolean;
  readonly options: ApplyOptions;
  readonly onOptions: (options: ApplyOptions) => void;
  readonly send: Upload;
  readonly linted: readonly FileProblem[];
  readonly onGoTo: (file: string, line: number, column: number) => void;
}

/** Beside the editor: apply, its options, and what came of it. */
export function ApplyPanel(props: ApplyPanelProps) {
  const { clusterId, draft, isReadOnly, send, linted, onGoTo } = props;
  const t = useT();
  const isEmpty = draft.files.every((file) => file.text.trim() === "");
  return (
    <div className={styles.panel}>
      <Buttons {...props} isEmpty={isEmpty} />
      {send.isPending && send.variables.job !== undefined && (
        <UploadJob key={send.variables.job} clusterId={clusterId} job={send.variables.job} />
      )}
      <Options {...props} />
      {isEmpty && !isReadOnly && <Beginnings clusterId={clusterId} />}
      {send.error && (
        <p className={styles.problem} role="alert" data-testid="apply-error">
          {t("apply.failed", { message: send.error.message })}
        </p>
      )}
      {send.data && (
        <Answer clusterId={clusterId} answer={send.data} dryRun={send.variables.dryRun} onGoTo={onGoTo} />
      )}
      <LintList
        clusterId={clusterId}
        draft={draft}
        problems={linted.filter((each) => !BARE.has(each.code) || !isSaid(each, send.data?.errors))}
        isReadOnly={isReadOnly}
        onGoTo={onGoTo}
      />
      {!isEmpty && <Outline draft={draft} linted={linted} onGoTo={onGoTo} />}
    </div>
  );
}

type ButtonsProps = ApplyPanelProps & { readonly isEmpty: boolean };

/** Problems of which the linter says no more than the server does. */
const BARE: ReadonlySet<ProblemCode> = new Set(["syntax", "missingField", "unknownField"]);

/** The server has said something about this line already. */
function isSaid({ file, line }: FileProblem, errors: readonly UploadProblem[] = []): boolean {
  return errors.some((each) => each.file === file && each.line === line);
}

function Buttons(props: ButtonsProps) {
  const { isReadOnly, isEmpty, options, send } = props;
  const t = useT();
  const isBlocked = isReadOnly || isEmpty || send.isPending;
  return (
    <div className={controls.row}>
      <button
        type="button"
        className={controls.primary}
        disabled={isBlocked}
        data-testid="apply-button"
        onClick={() => {
          send.mutate({ ...options, dryRun: false, job: newJobName() });
        }}
      >
        <Play />
        {send.isPending ? t("apply.applying") : t("apply.apply")}
      </button>
      <button
        type="button"
        className={controls.button}
        disabled={isBlocked}
        data-testid="dry-run-button"
        onClick={() => {
          send.mutate({ ...options, dryRun: true, job: newJobName() });
        }}
      >
        <FlaskConical />
        {t("apply.dryRun")}
      </button>
      <DiffButton {...props} />
    </div>
  );
}

function DiffButton({ clusterId, draft, options, isEmpty }: ButtonsProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={controls.button}
        disabled={isEmpty}
        data-testid="diff-button"
        onClick={() => {
          setOpen(true);
        }}
      >
        <GitCompareArrows />
        {t("diff.button")}
      </button>
      {open && (
        <Suspense>
          <DiffDialog
            clusterId={clusterId}
            files={draft.files}
            namespace={options.namespace}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

function Options({ options, onOptions, isReadOnly, draft }: ApplyPanelProps) {
  const t = useT();
  const { plainEditor, change } = usePreferences();
  return (
    <div className={styles.options}>
      <label className={controls.field}>
        <span>{t("apply.namespace")}</span>
        <input
          className={controls.input}
          value={options.namespace}
          disabled={isReadOnly}
          data-testid="apply-namespace"
          onChange={(event) => {
            onOptions({ ...options, namespace: event.target.value });
          }}
        />
      </label>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={options.partial}
          disabled={isReadOnly}
          data-testid="apply-partial"
          onChange={(event) => {
            onOptions({ ...options, partial: event.target.checked });
          }}
        />
        {t("apply.partial")}
      </label>
      <label className={styles.check} title={t("apply.plainHint")}>
        <input
          type="checkbox"
          checked={plainEditor}
          data-testid="apply-plain"
          onChange={(event) => {
            change({ plainEditor: event.target.checked });
          }}
        />
        {t("apply.plain")}
      </label>
      <p className={controls.muted} role="status" hidden={isReadOnly}>
        {draft.isKept ? <CircleCheck size={13} aria-hidden="true" /> : null}{" "}
        {draft.isKept ? t("apply.draftKept") : t("apply.draftTooLarge")}
      </p>
    </div>
  );
}

function Outline({ draft, linted, onGoTo }: Pick<ApplyPanelProps, "draft" | "linted" | "onGoTo">) {
  const t = useT();
  const entries = draft.files.flatMap((file) =>
    outline(file.text).map((entry, index, all) => {
      const end = all[index + 1]?.line ?? Infinity;
      const isHere = (each: FileProblem): boolean =>
        each.file === file.name && each.line >= entry.line && each.line < end && each.severity === "error";
      return { ...entry, file: file.name, errors: linted.filter(isHere).length };
    }),
  );
  return (
    <section>
      <h3>
        {t("apply.outline")}{" "}
        <span className={controls.muted}>{t("apply.documents", { n: entries.length })}</span>
      </h3>
      <ul className={styles.outline}>
        {entries.map(({ file, line, kind, namespace, name, errors }) => (
          <li key={`${file}:${String(line)}`}>
            <button
              type="button"
              onClick={() => {
                onGoTo(file, line, 1);
              }}
            >
              {errors === 0 ? (
                <CircleCheck size={13} className={controls.toneOk} aria-hidden="true" />
              ) : (
                <CircleX size={13} className={controls.toneBad} aria-hidden="true" />
              )}{" "}
              <b>{kind || "?"}</b> {namespace === "" ? name : `${namespace}/${name}`}
              {errors > 0 && <span className={controls.toneBad}> · {errors}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
