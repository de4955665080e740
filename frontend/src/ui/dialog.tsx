import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import styles from "./dialog.module.css";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** For what needs the window's width. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: the browser's own, which keeps the focus inside, closes on Escape and needs no injected style. */
export function Dialog({ title, onClose, wide = false, children }: DialogProps) {
  const t = useT();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    // The browser would give the focus to the first button, which closes.
    dialog?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => {
      dialog?.close();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? styles.wide : styles.dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className={styles.body}>
        <div className={styles.header}>
          <h2>{title}</h2>
          <button type="button" className={controls.icon} aria-label={t("app.close")} onClick={onClose}>
            <X />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
