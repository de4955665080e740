/** What is wrong with a manifest, where, and how it could be put right. */

export type MessageValues = Readonly<Record<string, string | number>>;

/** Each has a sentence in the catalogs: "lint.<code>". */
export type ProblemCode =
  | "syntax"
  | "tabIndent"
  | "badIndent"
  | "openQuote"
  | "colonInText"
  | "duplicateKey"
  | "template"
  | "noManifest"
  | "kustomization"
  | "noKind"
  | "unknownKind"
  | "unknownKindNear"
  | "servedElsewhere"
  | "noNamespace"
  | "unknownField"
  | "unknownFieldNear"
  | "unknownFieldDeeper"
  | "unknownFieldAmong"
  | "quantity"
  | "wrongType"
  | "missingField"
  | "notAllowed"
  | "selectorMismatch"
  | "selectorMissing"
  | "serviceElsewhere"
  | "serviceNothing"
  | "portUnknown"
  | "duplicate";

export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export interface Fix {
  /** What the text becomes, shown on the button. */
  readonly label: string;
  readonly edit: Edit;
}

export interface Problem {
  readonly severity: "error" | "warning";
  readonly code: ProblemCode;
  readonly values: MessageValues;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly fixes: readonly Fix[];
}

export function applyEdit(text: string, { from, to, insert }: Edit): string {
  return text.slice(0, from) + insert + text.slice(to);
}
