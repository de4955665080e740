import { useMutation } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { upload } from "../../api/clusters.ts";
import type { UploadAnswer, UploadProblem } from "../../api/types.ts";
import { type Translate, useT } from "../../i18n/index.ts";
import type { ManifestText } from "../../model/documents.ts";
import { useFileIntake, usePageDrop } from "../../ui/file-intake.tsx";
import { useSession } from "../../ui/live.tsx";
import { useMayChange, useViewed } from "../../ui/viewed.tsx";
import type { ViewProps } from "../view-props.ts";
import { ApplyPanel } from "./apply-panel.tsx";
import styles from "./apply-view.module.css";
import { addFiles, openFile, setText, takeApplyAtOnce, useDraft } from "./drafts.ts";
import { ManifestEditor } from "./manifest-editor.tsx";
import { FileTabs } from "./file-tabs.tsx";
import type { Mark } from "./editor.tsx";
import type { FileProblem } from "./lint-jobs.ts";
import { problemText } from "./lint-list.tsx";
import { useLint } from "./use-lint.ts";

export interface ApplyOptions {
  readonly namespace: string;
  readonly partial: boolean;
}

const NO_PROBLEMS: readonly UploadProblem[] = [];

interface Request extends ApplyOptions {
  readonly dryRun: boolean;
  readonly job?: string;
}

/** What the server was sent; its places are true as long as the text is the same. */
interface Answered extends UploadAnswer {
  readonly documents: readonly ManifestText[];
}

/** Manifests from any source, what the server says to them, and the places of their faults. */
export default function ApplyView({ clusterId }: ViewProps) {
  const t = useT();
  const draft = useDraft(clusterId);
  const isReadOnly = !useMayChange();
  const [options, setOptions] = useState<ApplyOptions>({ namespace: "default", partial: false });
  const [goTo, setGoTo] = useState<Mark | null>(null);
  const send = useUpload(clusterId, draft.files);
  const intake = useFileIntake(addFiles.bind(null, clusterId));
  const showPlace = (name: string, line: number, column: number): void => {
    openFile(clusterId, name);
    setGoTo({ line, column, message: "" });
  };
  const isHovered = usePageDrop(intake, !isReadOnly);
  useApplyAtOnce(clusterId, () => {
    send.mutate({ ...options, dryRun: false });
  });
  const file = draft.files.find((each) => each.name === draft.open) ?? draft.files[0];
  const problems = send.data?.errors ?? NO_PROBLEMS;
  const isAsSent = send.data?.documents.some((each) => each.name === file?.name && each.text === file.text);
  const linted = useLint(clusterId, draft.files, options.namespace);
  const marks = useMarks(file?.name ?? "", isAsSent ? problems : NO_PROBLEMS, linted);
  return (
    <section className={styles.view} aria-labelledby="apply-title" data-hovered={isHovered}>
      <div className={styles.main}>
        <h2 id="apply-title">{t("apply.title")}</h2>
        <ReadOnlyNotice />
        <FileTabs
          clusterId={clusterId}
          draft={draft}
          problems={problems}
          intake={intake}
          isReadOnly={isReadOnly}
        />
        {file && (
          <ManifestEditor
            key={file.name}
            name={file.name}
            text={file.text}
            readOnly={isReadOnly}
            clusterId={clusterId}
            marks={marks}
            goTo={goTo}
            onChange={setText.bind(null, clusterId, file.name)}
          />
        )}
      </div>
      <ApplyPanel
        clusterId={clusterId}
        draft={draft}
        isReadOnly={isReadOnly}
        options={options}
        onOptions={setOptions}
        send={send}
        linted={linted}
        onGoTo={showPlace}
      />
      {isHovered && <div className={styles.drop}>{t("apply.dropHere")}</div>}
    </section>
  );
}

/** Why nothing can be applied here, when that is so. */
function ReadOnlyNotice() {
  const t = useT();
  const { rev } = useViewed();
  const isViewer = useSession((session) => session.role === "view");
  if (!isViewer && rev === null) return null;
  return <p className={styles.notice}>{t(isViewer ? "apply.readOnly" : "apply.pastReadOnly")}</p>;
}

export type Upload = ReturnType<typeof useUpload>;

function useUpload(clusterId: string, files: readonly ManifestText[]) {
  return useMutation<Answered, Error, Request>({
    mutationFn: async (request) => {
      const documents = files.filter((file) => file.text.trim() !== "");
      return { ...(await upload(clusterId, { ...request, documents })), documents };
    },
  });
}

/** Applies the draft that came from the start page, once, as soon as the role allows it. */
function useApplyAtOnce(clusterId: string, apply: () => void): void {
  const role = useSession((session) => session.role);
  const latest = useRef(apply);
  useEffect(() => {
    latest.current = apply;
  });
  useEffect(() => {
    if (role !== null && role !== "view" && takeApplyAtOnce(clusterId)) latest.current();
  }, [clusterId, role]);
}

/** The faults in one file, the server's and the linter's; the same list as long as they are the same. */
function useMarks(
  name: string,
  problems: readonly UploadProblem[],
  linted: readonly FileProblem[],
): readonly Mark[] {
  const t = useT();
  return useMemo(
    () => [...marksIn(name, problems), ...lintMarks(name, linted, t)],
    [name, problems, linted, t],
  );
}

function lintMarks(name: string, problems: readonly FileProblem[], t: Translate): Mark[] {
  return problems
    .filter((problem) => problem.file === name)
    .map((problem) => ({
      ...problem,
      length: problem.to - problem.from,
      message: problemText(problem, t),
    }));
}

function marksIn(name: string, problems: readonly UploadProblem[]): Mark[] {
  return problems
    .filter((problem) => problem.file === name && (problem.line ?? 0) > 0)
    .map(({ line, column, message }) => ({ line: line ?? 1, column: Math.max(1, column ?? 1), message }));
}
