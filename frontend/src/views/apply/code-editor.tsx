import { useEffect, useRef } from "react";
import { useT } from "../../i18n/index.ts";
import type { EditorProps } from "./editor.tsx";
import { createCodeMirror, goToPlace, setMarks, setText } from "./codemirror.ts";
import styles from "./editor.module.css";
import type { EditorView } from "@codemirror/view";

/** CodeMirror inside a shadow root: there it keeps its style in an adopted sheet, which the page's CSP allows. */
export function CodeEditor({ name, text, readOnly, marks, goTo, onChange, clusterId }: EditorProps) {
  const t = useT();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef({ text, onChange, label: "", placeholder: "", readOnly, clusterId });
  useEffect(() => {
    latest.current = {
      text,
      onChange,
      readOnly,
      clusterId,
      label: t("apply.editor", { name }),
      placeholder: t("apply.placeholder"),
    };
  });
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const editor = createCodeMirror(root, latest.current, (changed) => {
      latest.current.onChange(changed);
    });
    view.current = editor;
    return () => {
      editor.destroy();
      view.current = null;
    };
  }, [readOnly]);
  useEffect(() => {
    if (view.current) setText(view.current, text);
  }, [text]);
  useEffect(() => {
    if (view.current) setMarks(view.current, marks);
  }, [marks, text]);
  useEffect(() => {
    if (view.current && goTo) goToPlace(view.current, goTo.line, goTo.column);
  }, [goTo]);
  return (
    <div className={styles.editor}>
      <div ref={host} className={styles.coloured} data-testid="apply-editor" />
    </div>
  );
}
