/** Two texts side by side, read-only, in the editor's colours. */

import { yaml } from "@codemirror/lang-yaml";
import { syntaxHighlighting } from "@codemirror/language";
import { MergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { COLOURS, LOOK } from "./codemirror.ts";

/** What each side is called for those who can't see it. */
export interface SideLabels {
  readonly before: string;
  readonly after: string;
}

export function createMerge(root: ShadowRoot, before: string, after: string, labels: SideLabels): MergeView {
  const extensions: Extension[] = [
    yaml(),
    syntaxHighlighting(COLOURS),
    LOOK,
    DIFF_LOOK,
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.lineWrapping,
  ];
  return new MergeView({
    a: { doc: before, extensions: [...extensions, labelled(labels.before)] },
    b: { doc: after, extensions: [...extensions, labelled(labels.after)] },
    parent: root,
    root,
    collapseUnchanged: { margin: 3, minSize: 6 },
  });
}

function labelled(label: string): Extension {
  return EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" });
}

const DIFF_LOOK = EditorView.theme({
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--bad-soft)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--ok-soft)" },
  "&.cm-merge-a .cm-changedText": { background: "none", textDecoration: "underline 2px var(--bad)" },
  "&.cm-merge-b .cm-changedText": { background: "none", textDecoration: "underline 2px var(--ok)" },
  ".cm-collapsedLines": { background: "var(--hover)", color: "var(--muted)" },
});
