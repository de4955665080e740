/** The CodeMirror editor: YAML, our tokens' colours, marks at the places of faults. */

import { completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Mark } from "./editor.tsx";
import { schemaHelp } from "./schema-help.ts";

interface Start {
  readonly text: string;
  readonly readOnly: boolean;
  readonly label: string;
  readonly placeholder: string;
  readonly clusterId: string;
}

export function createCodeMirror(
  root: ShadowRoot,
  start: Start,
  onChange: (text: string) => void,
): EditorView {
  const state = EditorState.create({
    doc: start.text,
    extensions: [
      lineNumbers(),
      lintGutter(),
      foldGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      highlightSelectionMatches(),
      yaml(),
      ...schemaHelp(start.clusterId),
      placeholder(start.placeholder),
      EditorState.tabSize.of(2),
      EditorState.readOnly.of(start.readOnly),
      EditorView.contentAttributes.of({ "aria-label": start.label, spellcheck: "false", tabindex: "0" }),
      syntaxHighlighting(COLOURS),
      LOOK,
      // Escape, then Tab leaves the editor by keyboard: CodeMirror's own way out.
      keymap.of([...completionKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
    ],
  });
  return new EditorView({ state, parent: root, root });
}

/** Replaces the text when it differs, so that an echo of the user's own typing moves nothing. */
export function setText(view: EditorView, text: string): void {
  const now = view.state.doc.toString();
  if (now !== text) view.dispatch({ changes: { from: 0, to: now.length, insert: text } });
}

export function setMarks(view: EditorView, marks: readonly Mark[]): void {
  const diagnostics = marks.flatMap<Diagnostic>(
    ({ line, column, message, length = Infinity, severity = "error", fixes = [] }) => {
      if (line > view.state.doc.lines) return [];
      const { from, to, text } = view.state.doc.line(line);
      const start = Math.min(to, from + Math.max(column - 1, text.length - text.trimStart().length));
      const actions = fixes.map(({ label, edit }) => ({
        name: label,
        apply: (target: EditorView) => {
          if (edit.to <= target.state.doc.length) target.dispatch({ changes: edit });
        },
      }));
      return [{ from: start, to: Math.min(to, start + length), severity, message, actions }];
    },
  );
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

export function goToPlace(view: EditorView, line: number, column: number): void {
  const { from, to } = view.state.doc.line(Math.min(view.state.doc.lines, line));
  const at = Math.min(to, from + column - 1);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

export const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.content, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.meta, tags.separator, tags.punctuation], color: "var(--muted)" },
]);

export const LOOK = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--raised)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": {
    backgroundColor: "var(--panel)",
    color: "var(--muted)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 55%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    background: "var(--accent-soft) !important",
  },
  ".cm-placeholder": { color: "var(--muted)", whiteSpace: "pre-wrap" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
  },
  ".cm-panels": { backgroundColor: "var(--panel)", color: "var(--text)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  // The stock marks are data: images, which the page's CSP refuses.
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--wait)",
    textUnderlineOffset: "3px",
  },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--wait)" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-lint-marker-warning": {
    content: '""',
    width: "10px",
    height: "10px",
    margin: "4px 2px",
    borderRadius: "50%",
    backgroundColor: "var(--wait)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "15em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { color: "inherit", opacity: "0.75", fontStyle: "normal" },
  ".cm-completionInfo": { maxWidth: "420px", whiteSpace: "pre-wrap" },
  ".cm-schema-help": { maxWidth: "460px", padding: "6px 10px", whiteSpace: "pre-wrap" },
  ".cm-schema-help b": { fontFamily: "var(--mono)", color: "var(--code-key)" },
  ".cm-lint-marker-error": {
    content: '""',
    width: "10px",
    height: "10px",
    margin: "4px 2px",
    borderRadius: "50%",
    backgroundColor: "var(--bad)",
  },
});
