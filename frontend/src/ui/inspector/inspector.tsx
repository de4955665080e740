import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { PastObject } from "../../api/history.ts";
import { ApiError } from "../../api/http.ts";
import { useT } from "../../i18n/index.ts";
import type { Selection } from "../../model/address.ts";
import { findPod } from "../../model/cluster.ts";
import type { KubeObject } from "../../model/kube.ts";
import { statusOf } from "../../model/status.ts";
import controls from "../controls.module.css";
import { Glyph } from "../glyph.tsx";
import { useChangeAddress } from "../location.ts";
import { useCluster } from "../viewed.tsx";
import { Events } from "./events.tsx";
import styles from "./inspector.module.css";
import { Summary } from "./summary.tsx";
import { useKubeObject } from "./use-kube-object.ts";
import { YamlText } from "./yaml-text.tsx";

const TABS = ["summary", "yaml", "events"] as const;
type Tab = (typeof TABS)[number];

/** Follows the selection: what is wrong with the object, its conditions, its Events, its YAML. */
export function Inspector({ clusterId, selection }: { clusterId: string; selection: Selection }) {
  const t = useT();
  const change = useChangeAddress();
  const { object, error, isGone, past } = useKubeObject(clusterId, selection);
  const isMissing = isGone && object === undefined;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isBusy = document.querySelector("dialog[open]") !== null;
      if (event.key === "Escape" && !isBusy) change({ selection: null });
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, [change]);
  return (
    <aside className={styles.inspector} aria-label={t("frame.inspector")} data-testid="inspector">
      <header className={styles.header}>
        <h2 className={styles.title}>
          <SelectionGlyph selection={selection} />
          <span data-testid="inspector-title">{selection.name}</span>
        </h2>
        <button
          type="button"
          className={controls.icon}
          aria-label={t("app.close")}
          onClick={() => {
            change({ selection: null });
          }}
        >
          <X />
        </button>
      </header>
      <p className={styles.place}>
        {[selection.kind, selection.namespace, object && `rev ${object.metadata.resourceVersion ?? "?"}`]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {isMissing && <p>{t("inspector.missing", { kind: selection.kind, name: selection.name })}</p>}
      {isGone && !isMissing && (
        <p className={styles.gone} role="status">
          <b>{t("inspector.gone", { name: selection.name })}</b> {t("inspector.goneText")}
        </p>
      )}
      {past !== null && past.object === null && <PastAbsence past={past} name={selection.name} />}
      {error !== null && !isGone && <p className={controls.toneBad}>{explain(error, t)}</p>}
      {object && <Tabs clusterId={clusterId} object={object} />}
    </aside>
  );
}

/** The object isn't there at this revision: when it was. */
function PastAbsence({ past, name }: { past: PastObject; name: string }) {
  const t = useT();
  const change = useChangeAddress();
  const rev = past.revision;
  const wasDeleted = past.deleted;
  const target = wasDeleted ? past.last_rev : past.created_rev;
  return (
    <p className={styles.gone} role="status">
      {t(wasDeleted ? "past.wasDeleted" : "past.notYet", { name, rev })}{" "}
      {target !== null && (
        <button
          type="button"
          className={styles.link}
          onClick={() => {
            change({ rev: target });
          }}
        >
          {t(wasDeleted ? "past.lastAt" : "past.createdAt", { rev: target })} →
        </button>
      )}
    </p>
  );
}

function explain(error: Error, t: ReturnType<typeof useT>): string {
  if (error instanceof ApiError && error.status === 403) return `${error.message} ${t("role.viewHint")}`;
  return t("inspector.error", { message: error.message });
}

function SelectionGlyph({ selection }: { selection: Selection }) {
  const status = useCluster((cluster) => {
    const slot = selection.kind === "pod" ? findPod(cluster, selection.namespace, selection.name) : null;
    return slot === null ? null : statusOf(cluster.pods.status[slot] ?? 0).slug;
  });
  return status && <Glyph status={status} size={15} />;
}

function Tabs({ clusterId, object }: { clusterId: string; object: KubeObject }) {
  const t = useT();
  const [tab, setTab] = useState<Tab>("summary");
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (step === 0 || next === undefined) return;
    setTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <>
      <div role="tablist" className={styles.tabs} aria-label={t("frame.inspector")} onKeyDown={move}>
        {TABS.map((each) => (
          <button
            key={each}
            id={`tab-${each}`}
            type="button"
            role="tab"
            className={styles.tab}
            aria-selected={each === tab}
            aria-controls="tab-panel"
            tabIndex={each === tab ? 0 : -1}
            data-testid={`inspector-tab-${each}`}
            onClick={() => {
              setTab(each);
            }}
          >
            {t(`inspector.${each}`)}
          </button>
        ))}
      </div>
      <div
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        className={styles.panel}
        tabIndex={0}
      >
        {tab === "summary" && <Summary clusterId={clusterId} object={object} />}
        {tab === "yaml" && <YamlText object={object} />}
        {tab === "events" && <Events clusterId={clusterId} object={object} />}
      </div>
    </>
  );
}
