import { ExternalLink, X } from "lucide-react";
import { Link, useLocation } from "wouter";
import { lazy, Suspense, useEffect } from "react";
import type { PastObject } from "../../api/history.ts";
import { ApiError } from "../../api/http.ts";
import { useT } from "../../i18n/index.ts";
import { formatSelection, type Selection } from "../../model/address.ts";
import { findPod } from "../../model/cluster.ts";
import { hasContainers } from "../../model/demand.ts";
import type { KubeObject } from "../../model/kube.ts";
import { statusOf } from "../../model/status.ts";
import controls from "../controls.module.css";
import { Glyph } from "../glyph.tsx";
import { isOnControl, useKeys } from "../keys.ts";
import { clusterUrl, objectUrl, useAddress, useChangeAddress } from "../location.ts";
import { useCluster } from "../viewed.tsx";
import { Events } from "./events.tsx";
import styles from "./inspector.module.css";
import { Summary } from "./summary.tsx";
import { useKubeObject } from "./use-kube-object.ts";
import { YamlText } from "./yaml-text.tsx";

const DiffTab = lazy(async () => ({ default: (await import("./history-tabs.tsx")).DiffTab }));
const WhyTab = lazy(async () => ({ default: (await import("./history-tabs.tsx")).WhyTab }));
const LogsTab = lazy(async () => ({ default: (await import("./logs-tab.tsx")).LogsTab }));
const MetricsTab = lazy(async () => ({ default: (await import("./metrics-tab.tsx")).MetricsTab }));

const TABS = ["summary", "why", "diff", "yaml", "events", "logs", "metrics"] as const;
type Tab = (typeof TABS)[number];

function tabsFor(kind: string, object: KubeObject): readonly Tab[] {
  const isMeasured = kind === "node" || hasContainers(object);
  return TABS.filter((tab) => (tab !== "logs" || kind === "pod") && (tab !== "metrics" || isMeasured));
}

interface InspectorProps {
  readonly clusterId: string;
  readonly selection: Selection;
  /** A page of its own instead of a panel beside the view. */
  readonly isPage?: boolean;
}

/** Follows the selection: what is wrong with the object, its conditions, its Events, its YAML. */
export function Inspector({ clusterId, selection, isPage = false }: InspectorProps) {
  const t = useT();
  const change = useChangeAddress();
  const { object, error, isGone, past } = useKubeObject(clusterId, selection);
  const isMissing = isGone && object === undefined;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isBusy = document.querySelector("dialog[open]") !== null;
      if (event.key === "Escape" && !isBusy && !isPage) change({ selection: null, tab: "" });
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, [change, isPage]);
  return (
    <aside
      className={isPage ? styles.wide : styles.inspector}
      aria-label={t("frame.inspector")}
      data-testid="inspector"
    >
      <header className={styles.header}>
        <h2 className={styles.title}>
          <SelectionGlyph selection={selection} />
          <span data-testid="inspector-title">{selection.name}</span>
        </h2>
        {!isPage && <PanelButtons clusterId={clusterId} selection={selection} />}
      </header>
      <p className={styles.place}>
        {[
          selection.kind,
          selection.namespace,
          object && t("time.rev", { rev: Number(object.metadata.resourceVersion ?? 0) }),
        ]
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
      {object && <Tabs clusterId={clusterId} selection={selection} object={object} />}
    </aside>
  );
}

function PanelButtons({ clusterId, selection }: Pick<InspectorProps, "clusterId" | "selection">) {
  const t = useT();
  const { rev, tab } = useAddress();
  const change = useChangeAddress();
  return (
    <span className={styles.buttons}>
      <Link
        className={controls.icon}
        href={objectUrl(clusterId, selection, { rev, tab })}
        aria-label={t("inspector.openPage")}
        title={t("inspector.openPage")}
      >
        <ExternalLink />
      </Link>
      <button
        type="button"
        className={controls.icon}
        aria-label={t("app.close")}
        onClick={() => {
          change({ selection: null, tab: "" });
        }}
      >
        <X />
      </button>
    </span>
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

interface TabsProps {
  readonly clusterId: string;
  readonly selection: Selection;
  readonly object: KubeObject;
}

/** Tabs live in the URL, so that a link opens the diff and not only the object. */
function Tabs({ clusterId, selection, object }: TabsProps) {
  const t = useT();
  const address = useAddress();
  const change = useChangeAddress();
  const tabs = tabsFor(selection.kind, object);
  const tab = tabs.find((each) => each === address.tab) ?? "summary";
  const show = (next: Tab): void => {
    change({ tab: next === "summary" ? "" : next, compare: null }, { replace: true });
  };
  const move = (event: React.KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  useTabKeys(clusterId, show);
  return (
    <>
      <div role="tablist" className={styles.tabs} aria-label={t("frame.inspector")} onKeyDown={move}>
        {tabs.map((each) => (
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
              show(each);
            }}
          >
            {each === "metrics" ? t("view.metrics") : t(`inspector.${each}`)}
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
        <Suspense fallback={<p className={controls.muted}>{t("app.loading")}</p>}>
          <Panel tab={tab} clusterId={clusterId} selection={selection} object={object} />
        </Suspense>
      </div>
    </>
  );
}

/** Tabs by their letters, the chain by c, and Enter to read on in what is selected. */
function useTabKeys(clusterId: string, show: (tab: Tab) => void): void {
  const address = useAddress();
  const [, navigate] = useLocation();
  useKeys({
    y: () => {
      show("yaml");
    },
    d: () => {
      show("diff");
    },
    w: () => {
      show("why");
    },
    c: () => {
      navigate(clusterUrl(clusterId, "trace", address));
    },
    Enter: (event) => {
      if (isOnControl(event)) return "unused";
      document.getElementById("tab-panel")?.focus();
      return undefined;
    },
  });
}

function Panel({ tab, clusterId, selection, object }: TabsProps & { readonly tab: Tab }) {
  const key = formatSelection(selection);
  const version = object.metadata.resourceVersion ?? "";
  switch (tab) {
    case "summary":
      return <Summary clusterId={clusterId} object={object} />;
    case "yaml":
      return <YamlText object={object} />;
    case "events":
      return <Events clusterId={clusterId} object={object} />;
    case "why":
      return <WhyTab clusterId={clusterId} selection={selection} version={version} />;
    case "diff":
      return <DiffTab clusterId={clusterId} selection={selection} version={version} />;
    case "logs":
      return <LogsTab key={key} clusterId={clusterId} selection={selection} />;
    case "metrics":
      return <MetricsTab clusterId={clusterId} selection={selection} object={object} />;
  }
}
