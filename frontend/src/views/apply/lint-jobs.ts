/** What the editor asks the linter's worker for. */

import type { ManifestText } from "../../model/documents.ts";
import type { Problem } from "../../model/lint/problem.ts";

export interface FileProblem extends Problem {
  readonly file: string;
}

export interface Option {
  readonly label: string;
  readonly detail: string;
  readonly info: string;
  /** Text after the label: ": " or the beginning of an object. */
  readonly suffix: string;
}

export interface Completions {
  readonly from: number;
  readonly options: readonly Option[];
}

export interface FieldHelp {
  readonly field: string;
  readonly type: string;
  readonly text: string;
}

export type Job =
  | {
      readonly do: "lint";
      readonly clusterId: string;
      readonly namespace: string;
      readonly files: readonly ManifestText[];
    }
  | {
      readonly do: "complete" | "help";
      readonly clusterId: string;
      readonly text: string;
      readonly offset: number;
    };

export interface Answers {
  readonly lint: readonly FileProblem[];
  readonly complete: Completions | null;
  readonly help: FieldHelp | null;
}
