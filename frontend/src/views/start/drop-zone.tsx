import { FileUp } from "lucide-react";
import { useEffect } from "react";
import { useT } from "../../i18n/index.ts";
import { type ManifestText, UNTITLED } from "../../model/documents.ts";
import controls from "../../ui/controls.module.css";
import { FileButton, useFileIntake, usePageDrop } from "../../ui/file-intake.tsx";
import styles from "./start-view.module.css";
import { useCreate } from "./use-create.ts";

/** Manifests dropped, chosen or pasted on the start page get a cluster of their own. */
export function DropZone() {
  const t = useT();
  const create = useCreate();
  const open = (files: readonly ManifestText[]): void => {
    if (!create.isPending) create.mutate({ cluster: {}, files });
  };
  const intake = useFileIntake(open);
  const isHovered = usePageDrop(intake);
  usePastedText((text) => {
    open([{ name: UNTITLED, text }]);
  });
  return (
    <section className={styles.drop} data-hovered={isHovered} data-testid="drop-zone">
      <FileUp size={26} aria-hidden="true" />
      <p>
        {t("start.drop")} — {t("start.dropOr")} <kbd>Ctrl V</kbd>
        <br />
        <span className={controls.muted}>{t("start.dropHint")}</span>
      </p>
      <FileButton
        className={controls.button}
        testId="start-upload-input"
        intake={intake}
        disabled={create.isPending}
      >
        {create.isPending ? t("create.creating") : t("start.choose")}
      </FileButton>
    </section>
  );
}

/** Text pasted anywhere but into a field. */
function usePastedText(take: (text: string) => void): void {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      if (event.target instanceof Element && event.target.closest("input, textarea")) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.trim() !== "") take(text);
    };
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("paste", onPaste);
    };
  }, [take]);
}
