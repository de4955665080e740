import { X } from "lucide-react";
import { create } from "zustand";
import { useT } from "../i18n/index.ts";
import controls from "./controls.module.css";
import styles from "./toasts.module.css";

interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad";
  readonly text: string;
}

const SHOWN_MS = 7000;
const AT_MOST = 4;

const useToasts = create<{ readonly toasts: readonly Toast[]; readonly next: number }>(() => ({
  toasts: [],
  next: 1,
}));

/** Says something that needs no answer, at the lower edge. Bad news stays until it is closed. */
export function toast(tone: Toast["tone"], text: string): void {
  const { next, toasts } = useToasts.getState();
  useToasts.setState({ toasts: [...toasts, { id: next, tone, text }].slice(-AT_MOST), next: next + 1 });
  if (tone === "good") {
    setTimeout(() => {
      dismiss(next);
    }, SHOWN_MS);
  }
}

function dismiss(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));
}

export function Toasts() {
  const t = useT();
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {toasts.map(({ id, tone, text }) => (
        <div
          key={id}
          className={tone === "bad" ? styles.bad : styles.good}
          data-testid="toast"
          data-tone={tone}
        >
          <span>{text}</span>
          <button
            type="button"
            className={controls.icon}
            aria-label={t("app.close")}
            onClick={() => {
              dismiss(id);
            }}
          >
            <X />
          </button>
        </div>
      ))}
    </div>
  );
}
