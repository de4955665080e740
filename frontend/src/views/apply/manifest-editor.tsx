import { usePreferences } from "../../ui/preferences.ts";
import { type EditorProps, PlainEditor } from "./editor.tsx";
import { lazy, Suspense } from "react";

const CodeEditor = lazy(async () => ({ default: (await import("./code-editor.tsx")).CodeEditor }));

/** The editor with colours, which is a chunk of its own; the plain one until it is there, or for good. */
export function ManifestEditor(props: EditorProps) {
  const isPlain = usePreferences((preferences) => preferences.plainEditor);
  if (isPlain) return <PlainEditor {...props} />;
  return (
    <Suspense fallback={<PlainEditor {...props} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
