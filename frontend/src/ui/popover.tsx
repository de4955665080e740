import { type ReactNode, useEffect, useRef } from "react";
import styles from "./popover.module.css";

interface PopoverProps {
  readonly label: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly trigger: ReactNode;
  /** Over its trigger instead of under it: for triggers at the lower edge. */
  readonly above?: boolean;
  readonly children: ReactNode;
}

/** A panel at its trigger. Escape or a press elsewhere closes it; it does not hold the focus. */
export function Popover({ label, open, onClose, trigger, above = false, children }: PopoverProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") onClose();
    };
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && !ref.current?.contains(event.target)) onClose();
    };
    document.addEventListener("keydown", onKey);
    document.addEventListener("pointerdown", onPress);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("pointerdown", onPress);
    };
  }, [open, onClose]);
  return (
    <div ref={ref} className={styles.anchor}>
      {trigger}
      {open && (
        <section className={above ? styles.above : styles.panel} aria-label={label}>
          {children}
        </section>
      )}
    </div>
  );
}
