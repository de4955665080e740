import { useEffect, useState } from "react";
import type { ManifestText } from "../../model/documents.ts";
import type { FileProblem } from "./lint-jobs.ts";
import { ask } from "./linter.ts";

/** Typing is left alone for this long before it is judged. */
const QUIET_MS = 350;
/** Larger drafts are left to the server. */
const LARGEST = 1_000_000;

const NONE: readonly FileProblem[] = [];

/** What the linter finds in a draft, a moment after it stopped changing. */
export function useLint(
  clusterId: string,
  files: readonly ManifestText[],
  namespace: string,
): readonly FileProblem[] {
  const [problems, setProblems] = useState(NONE);
  useEffect(() => {
    let isWanted = true;
    const size = files.reduce((sum, file) => sum + file.text.length, 0);
    const timer = setTimeout(() => {
      if (size === 0 || size > LARGEST) {
        setProblems(NONE);
        return;
      }
      void ask({ do: "lint", clusterId, namespace, files }).then((found) => {
        if (isWanted) setProblems(found);
      });
    }, QUIET_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [clusterId, files, namespace]);
  return problems;
}
