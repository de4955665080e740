import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useT } from "../../i18n/index.ts";
import type { View } from "../../model/address.ts";
import { Dialog } from "../dialog.tsx";
import { clusterUrl, useAddress } from "../location.ts";
import styles from "./frame-keys.module.css";

const GO: Readonly<Record<string, View>> = { m: "map", w: "work", n: "nodes", a: "apply" };
const CHORD_MS = 1200;

/** The frame's keys, off while typing: g then m/w/n/a, / for the filter, Space for the clock, ? for this list. */
export function FrameKeys({ clusterId }: { clusterId: string }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [, navigate] = useLocation();
  const address = useAddress();
  const chordUntil = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
      const view = Date.now() < chordUntil.current ? GO[event.key] : undefined;
      chordUntil.current = event.key === "g" ? Date.now() + CHORD_MS : 0;
      if (view !== undefined) navigate(clusterUrl(clusterId, view, address));
      else if (event.key === "?") setHelpOpen(true);
      else if (event.key === "/") press(event, () => document.getElementById("filter")?.focus());
      else if (event.key === " " && !isOnControl(event)) {
        press(event, () =>
          document.querySelector<HTMLButtonElement>('[data-testid="clock-toggle"]')?.click(),
        );
      }
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, [address, clusterId, navigate]);
  return (
    isHelpOpen && (
      <Help
        onClose={() => {
          setHelpOpen(false);
        }}
      />
    )
  );
}

function Help({ onClose }: { onClose: () => void }) {
  const t = useT();
  const rows = [
    ["g m · g w · g n · g a", t("help.views")],
    ["/", t("help.filter")],
    ["Space", t("help.pause")],
    ["j · k", t("help.rows")],
    ["Esc", t("help.escape")],
    ["?", t("help.help")],
  ] as const;
  return (
    <Dialog title={t("help.title")} onClose={onClose}>
      <dl className={styles.keys}>
        {rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function press(event: KeyboardEvent, act: () => void): void {
  event.preventDefault();
  act();
}

function isTyping({ target }: KeyboardEvent): boolean {
  const inShadow = target instanceof Element && target.shadowRoot !== null;
  return (
    inShadow || (target instanceof Element && target.closest("input, textarea, select, dialog") !== null)
  );
}

function isOnControl({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest("button, a, [role=tab]") !== null;
}
