import { useEffect, useState } from "react";
import { useT } from "../../i18n/index.ts";
import type { KubeObject } from "../../model/kube.ts";
import { highlightLine } from "../../model/yaml-colours.ts";
import styles from "./inspector.module.css";

/** The whole object as YAML, without managedFields, as kubectl shows it. */
export function YamlText({ object }: { object: KubeObject }) {
  const t = useT();
  const text = useYaml(object);
  if (text === null) return <p>{t("app.loading")}</p>;
  return (
    <pre className={styles.yaml} data-testid="inspector-yaml">
      {text.split("\n").map((line, index) => (
        <span key={index}>
          {highlightLine(line).map((part, each) => (
            <span key={each} data-colour={part.colour}>
              {part.text}
            </span>
          ))}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

/** The writer of YAML is a chunk of its own, fetched when the first YAML tab opens. */
function useYaml(object: KubeObject): string | null {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    void import("yaml").then(({ stringify }) => {
      const { managedFields: _, ...metadata } = object.metadata;
      if (wanted) setText(stringify({ ...object, metadata }, { lineWidth: 0, aliasDuplicateObjects: false }));
    });
    return () => {
      wanted = false;
    };
  }, [object]);
  return text;
}
