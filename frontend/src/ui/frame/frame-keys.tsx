import { useState } from "react";
import { useLocation } from "wouter";
import { useT } from "../../i18n/index.ts";
import type { View } from "../../model/address.ts";
import { Dialog } from "../dialog.tsx";
import { isOnControl, useKeys } from "../keys.ts";
import { clusterUrl, useAddress } from "../location.ts";
import styles from "./frame-keys.module.css";

const GO: Readonly<Record<string, View>> = {
  m: "map",
  w: "work",
  n: "nodes",
  i: "net",
  s: "sched",
  t: "trace",
  c: "metrics",
  e: "events",
  l: "logs",
  r: "requests",
  a: "apply",
  b: "break",
  d: "compare",
};

/** The frame's keys: g and a letter for a view, / for the filter, Space for the clock, ? for the list of keys. */
export function FrameKeys({ clusterId }: { clusterId: string }) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [, navigate] = useLocation();
  const address = useAddress();
  const chords = Object.entries(GO).map(([key, view]) => [
    `g ${key}`,
    () => {
      navigate(clusterUrl(clusterId, view, { ...address, tab: "" }));
    },
  ]);
  useKeys({
    ...Object.fromEntries(chords),
    "?": () => {
      setHelpOpen(true);
    },
    "/": () => document.getElementById("filter")?.focus(),
    " ": (event) => {
      if (isOnControl(event)) return "unused";
      document.querySelector<HTMLButtonElement>('[data-testid="clock-toggle"]')?.click();
      return undefined;
    },
  });
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
    ["Ctrl K", t("help.palette")],
    [":", t("help.kinds")],
    ["/", t("help.filter")],
    ["Space", t("help.pause")],
    ["j · k", t("help.rows")],
    ["Enter", t("help.open")],
    ["y · d · w", t("help.tabs")],
    ["c", t("help.chain")],
    ["[ · ]", t("help.revisions")],
    ["{ · }", t("help.markers")],
    ["L", t("help.live")],
    ["f", t("time.fork")],
    [".", t("time.step")],
    ["Esc", t("help.escape")],
    ["?", t("help.help")],
  ] as const;
  return (
    <Dialog title={t("help.title")} onClose={onClose}>
      <dl className={styles.views}>
        {Object.entries(GO).map(([key, view]) => (
          <div key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{t(`view.${view}`)}</dd>
          </div>
        ))}
      </dl>
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
