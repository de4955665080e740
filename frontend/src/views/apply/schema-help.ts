/** Completion and hover texts in the editor, from the API server's own schemas. */

import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import { ask } from "./linter.ts";

export function schemaHelp(clusterId: string): Extension[] {
  return [autocompletion({ override: [completer(clusterId)], icons: false }), hover(clusterId)];
}

function completer(clusterId: string) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/[\w./$-]+/);
    if (word === null && !context.explicit) return null;
    const text = context.state.doc.toString();
    const found = await ask({ do: "complete", clusterId, text, offset: context.pos });
    if (found === null || context.aborted) return null;
    return {
      from: found.from,
      validFor: /^[\w./$-]*$/,
      options: found.options.map(({ label, detail, info, suffix }) => ({
        label,
        detail,
        apply: `${label}${suffix}`,
        ...(info === "" ? {} : { info }),
      })),
    };
  };
}

function hover(clusterId: string): Extension {
  return hoverTooltip(async (view, position) => {
    const help = await ask({ do: "help", clusterId, text: view.state.doc.toString(), offset: position });
    if (help === null) return null;
    return {
      pos: position,
      create: () => {
        const dom = document.createElement("div");
        dom.className = "cm-schema-help";
        const field = document.createElement("b");
        field.textContent = help.field;
        dom.append(field, help.type === "" ? "" : ` ${help.type}`, "\n", help.text);
        return { dom };
      },
    };
  });
}
