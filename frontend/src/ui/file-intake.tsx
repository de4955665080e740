import { useEffect, useState } from "react";
import { useT } from "../i18n/index.ts";
import type { ManifestText } from "../model/documents.ts";
import { droppedFiles, readFiles } from "./files.ts";
import { toast } from "./toasts.tsx";

type Take = (texts: readonly ManifestText[]) => void;

/** Reads files and hands their texts on; says for each refused file why. */
export function useFileIntake(take: Take): (files: readonly File[]) => void {
  const t = useT();
  return (files) => {
    void readFiles(files).then(({ texts, refused }) => {
      for (const { name, why, megabytes, message = "" } of refused) {
        toast("bad", t(`apply.${why}`, { name, size: megabytes.toFixed(1), message }));
      }
      if (texts.length > 0) take(texts);
    });
  };
}

/** Lets files be dropped anywhere on the page. True while something hovers over it. */
export function usePageDrop(intake: (files: readonly File[]) => void, enabled = true): boolean {
  const [hovers, setHovers] = useState(false);
  useEffect(() => {
    if (!enabled) return;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setHovers(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setHovers(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!carriesFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setHovers(false);
      void droppedFiles(event.dataTransfer).then(intake);
    };
    document.addEventListener("dragover", onOver);
    document.addEventListener("dragleave", onLeave);
    document.addEventListener("drop", onDrop);
    return () => {
      document.removeEventListener("dragover", onOver);
      document.removeEventListener("dragleave", onLeave);
      document.removeEventListener("drop", onDrop);
    };
  }, [intake, enabled]);
  return hovers;
}

interface FileButtonProps {
  readonly className: string | undefined;
  readonly folder?: boolean;
  readonly testId: string;
  readonly intake: (files: readonly File[]) => void;
  readonly disabled?: boolean;
  readonly children: React.ReactNode;
}

/** A button that opens the browser's file picker. The input stays reachable for keyboards and for tests. */
export function FileButton({
  className,
  folder = false,
  testId,
  intake,
  disabled = false,
  children,
}: FileButtonProps) {
  return (
    <label className={className} aria-disabled={disabled || undefined}>
      {children}
      <input
        type="file"
        multiple
        disabled={disabled}
        accept={folder ? undefined : ".yaml,.yml,.json,.zip,application/yaml,application/json,text/plain"}
        {...(folder ? { webkitdirectory: "" } : {})}
        data-testid={testId}
        data-hidden-input
        onChange={(event) => {
          const input = event.target;
          intake([...(input.files ?? [])]);
          input.value = "";
        }}
      />
    </label>
  );
}
