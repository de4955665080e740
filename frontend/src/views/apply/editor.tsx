import { useEffect, useRef } from "react";
import { useT } from "../../i18n/index.ts";
import type { Fix } from "../../model/lint/problem.ts";
import styles from "./editor.module.css";

export interface Mark {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** In letters; to the end of its line when not given. */
  readonly length?: number;
  readonly severity?: "error" | "warning";
  readonly fixes?: readonly Fix[];
}

export interface EditorProps {
  readonly name: string;
  readonly text: string;
  readonly readOnly: boolean;
  readonly marks: readonly Mark[];
  /** Where the cursor shall go; a new object moves it again. */
  readonly goTo: { readonly line: number; readonly column: number } | null;
  readonly onChange: (text: string) => void;
  /** Whose kinds and fields the editor knows. */
  readonly clusterId: string;
}

/** A plain text field with line numbers; faulty lines are marked. */
export function PlainEditor({ name, text, readOnly, marks, goTo, onChange }: EditorProps) {
  const t = useT();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const lines = text.split("\n");
  const faulty = new Set(marks.map((mark) => mark.line));
  useEffect(() => {
    const field = area.current;
    if (field === null || goTo === null) return;
    const before = field.value.split("\n").slice(0, goTo.line - 1);
    const at = before.reduce((sum, line) => sum + line.length + 1, 0) + Math.max(0, goTo.column - 1);
    field.focus();
    field.setSelectionRange(at, at);
    const lineHeight = field.scrollHeight / field.value.split("\n").length;
    field.scrollTop = Math.max(0, (goTo.line - 6) * lineHeight);
  }, [goTo]);
  return (
    <div className={styles.editor}>
      <pre ref={gutter} className={styles.gutter} aria-hidden="true">
        {lines.map((_, index) => (
          <span key={index} data-faulty={faulty.has(index + 1)}>
            {index + 1}
            {"\n"}
          </span>
        ))}
      </pre>
      <textarea
        ref={area}
        className={styles.text}
        aria-label={t("apply.editor", { name })}
        placeholder={t("apply.placeholder")}
        value={text}
        readOnly={readOnly}
        spellCheck={false}
        wrap="off"
        autoCapitalize="off"
        data-testid="apply-text"
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </div>
  );
}
