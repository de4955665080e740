import { CircleCheck, FlaskConical, Play } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { outline } from "../../model/documents.ts";
import controls from "../../ui/controls.module.css";
import { usePreferences } from "../../ui/preferences.ts";
import { Answer } from "./answer.tsx";
import styles from "./apply-view.module.css";
import type { ApplyOptions, Upload } from "./apply-view.tsx";
import { addFiles, type Draft } from "./drafts.ts";
import { EXAMPLE_MANIFEST } from "./example-manifest.ts";

interface ApplyPanelProps {
  readonly clusterId: string;
  readonly draft: Draft;
  readonly isReadOnly: boolean;
  readonly options: ApplyOptions;
  readonly onOptions: (options: ApplyOptions) => void;
  readonly send: Upload;
  readonly onGoTo: (file: string, line: number, column: number) => void;
}

/** Beside the editor: apply, its options, and what came of it. */
export function ApplyPanel(props: ApplyPanelProps) {
  const { clusterId, draft, isReadOnly, send, onGoTo } = props;
  const t = useT();
  const isEmpty = draft.files.every((file) => file.text.trim() === "");
  return (
    <div className={styles.panel}>
      <Buttons {...props} isEmpty={isEmpty} />
      <Options {...props} />
      {isEmpty && !isReadOnly && (
        <div className={styles.hint}>
          <p>{t("apply.empty")}</p>
          <button
            type="button"
            className={controls.button}
            data-testid="apply-example"
            onClick={() => {
              addFiles(clusterId, [EXAMPLE_MANIFEST]);
            }}
          >
            {t("apply.example")}
          </button>
        </div>
      )}
      {send.error && (
        <p className={styles.problem} role="alert" data-testid="apply-error">
          {t("apply.failed", { message: send.error.message })}
        </p>
      )}
      {send.data && (
        <Answer clusterId={clusterId} answer={send.data} dryRun={send.variables.dryRun} onGoTo={onGoTo} />
      )}
      {!isEmpty && <Outline draft={draft} onGoTo={onGoTo} />}
    </div>
  );
}

function Buttons({ isReadOnly, isEmpty, options, send }: ApplyPanelProps & { readonly isEmpty: boolean }) {
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
          send.mutate({ ...options, dryRun: false });
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
          send.mutate({ ...options, dryRun: true });
        }}
      >
        <FlaskConical />
        {t("apply.dryRun")}
      </button>
    </div>
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

function Outline({ draft, onGoTo }: Pick<ApplyPanelProps, "draft" | "onGoTo">) {
  const t = useT();
  const entries = draft.files.flatMap((file) =>
    outline(file.text).map((entry) => ({ ...entry, file: file.name })),
  );
  return (
    <section>
      <h3>
        {t("apply.outline")}{" "}
        <span className={controls.muted}>{t("apply.documents", { n: entries.length })}</span>
      </h3>
      <ul className={styles.outline}>
        {entries.map(({ file, line, kind, namespace, name }) => (
          <li key={`${file}:${String(line)}`}>
            <button
              type="button"
              onClick={() => {
                onGoTo(file, line, 1);
              }}
            >
              <b>{kind || "?"}</b> {namespace === "" ? name : `${namespace}/${name}`}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
