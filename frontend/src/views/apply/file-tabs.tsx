import { FilePlus2, FolderPlus, Plus, X } from "lucide-react";
import type { UploadProblem } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { FileButton } from "../../ui/file-intake.tsx";
import styles from "./apply-view.module.css";
import { type Draft, newFile, openFile, removeFile } from "./drafts.ts";

interface FileTabsProps {
  readonly clusterId: string;
  readonly draft: Draft;
  readonly problems: readonly UploadProblem[];
  readonly intake: (files: readonly File[]) => void;
  readonly isReadOnly: boolean;
}

/** The draft's files, and the ways to add one. */
export function FileTabs({ clusterId, draft, problems, intake, isReadOnly }: FileTabsProps) {
  const t = useT();
  return (
    <div className={styles.files}>
      <ul className={styles.tabs}>
        {draft.files.map(({ name }) => (
          <li key={name} className={styles.tab} data-open={name === draft.open} data-testid="apply-file">
            <button
              type="button"
              aria-current={name === draft.open || undefined}
              title={name}
              onClick={() => {
                openFile(clusterId, name);
              }}
            >
              {name}
              {problems.some((problem) => problem.file === name) && <b className={controls.toneBad}> ✕</b>}
            </button>
            <button
              type="button"
              aria-label={t("apply.removeFile", { name })}
              disabled={isReadOnly}
              onClick={() => {
                removeFile(clusterId, name);
              }}
            >
              <X size={13} />
            </button>
          </li>
        ))}
      </ul>
      <span className={controls.spacer} />
      <button
        type="button"
        className={controls.button}
        disabled={isReadOnly}
        onClick={() => {
          newFile(clusterId);
        }}
      >
        <Plus />
        {t("apply.newFile")}
      </button>
      <FileButton className={controls.button} testId="upload-input" intake={intake} disabled={isReadOnly}>
        <FilePlus2 />
        {t("apply.files")}
      </FileButton>
      <FileButton
        className={controls.button}
        folder
        testId="upload-folder"
        intake={intake}
        disabled={isReadOnly}
      >
        <FolderPlus />
        {t("apply.folder")}
      </FileButton>
    </div>
  );
}
