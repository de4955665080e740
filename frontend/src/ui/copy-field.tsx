import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import styles from "./copy-field.module.css";

interface CopyFieldProps {
  readonly label: string;
  readonly text: string;
  readonly testId?: string;
}

/** Text to take away, with a button that copies it. Pressing the text itself selects all of it. */
export function CopyField({ label, text, testId }: CopyFieldProps) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void copyText(text).then(setCopied);
  };
  return (
    <div className={styles.field}>
      <code
        className={styles.text}
        aria-label={label}
        data-testid={testId}
        role="textbox"
        aria-readonly
        tabIndex={0}
      >
        {text}
      </code>
      <button type="button" className={controls.button} onClick={copy}>
        {copied ? <Check /> : <Copy />}
        <span aria-live="polite">{copied ? t("app.copied") : t("app.copy")}</span>
      </button>
    </div>
  );
}

/** The clipboard API exists only on https and localhost; elsewhere the old command still works. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
