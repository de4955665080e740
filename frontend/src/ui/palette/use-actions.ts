/** The palette's commands over the whole page. */

import { useMemo } from "react";
import { useLocation } from "wouter";
import { type Translate, useT } from "../../i18n/index.ts";
import { VIEWS } from "../../model/address.ts";
import type { ClusterState } from "../../model/cluster.ts";
import type { Command } from "../../model/commands.ts";
import { clusterUrl, useAddress, useChangeAddress } from "../location.ts";
import { usePreferences } from "../preferences.ts";
import { useViewed } from "../viewed.tsx";

export interface Action {
  readonly command: Command;
  readonly run: () => void;
  /** True when it only completes what is typed. */
  readonly keepsOpen?: boolean;
}

/** Buttons that the palette can press for you, by their test id: what they do is said once, at the button. */
const BUTTONS = [
  ["clock-toggle", "palette.pause", "Space"],
  ["clock-step", "time.step", "."],
  ["run-until", "time.until", ""],
  ["fork-button", "time.fork", "f"],
  ["back-to-live", "help.live", "L"],
  ["share-button", "share.title", ""],
  ["kubeconfig-command", "kubeconfig.title", ""],
] as const;

export function useActions(clusterId: string): readonly Action[] {
  const t = useT();
  const viewed = useViewed();
  const address = useAddress();
  const change = useChangeAddress();
  const [, navigate] = useLocation();
  return useMemo(() => {
    const go = (url: string) => () => {
      navigate(url);
    };
    const views = VIEWS.map((view): Action => {
      const title = t("palette.view", { view: t(`view.${view}`) });
      const target = clusterUrl(clusterId, view, { ...address, tab: "" });
      return { command: { id: `view ${view}`, title, hint: "", group: "go" }, run: go(target) };
    });
    const pods = podsOf(viewed.current()).map(({ namespace, name }): Action => ({
      command: {
        id: `pod ${namespace}/${name}`,
        title: `${namespace}/${name}`,
        hint: "Pod",
        group: "object",
      },
      run: () => {
        change({ selection: { kind: "pod", namespace, name } });
      },
    }));
    const nodes = [...viewed.current().nodes.byName.keys()].map((name): Action => ({
      command: { id: `node ${name}`, title: name, hint: "Node", group: "object" },
      run: () => {
        change({ selection: { kind: "node", namespace: "", name } });
      },
    }));
    const home: Action = {
      command: { id: "home", title: t("bye.action"), hint: "", group: "go" },
      run: go("/"),
    };
    return [...views, ...buttonActions(t), ...pageActions(t), home, ...nodes, ...pods];
  }, [t, viewed, address, change, navigate, clusterId]);
}

function buttonActions(t: Translate): Action[] {
  return BUTTONS.flatMap(([testId, title, hint]) => {
    const button = document.querySelector<HTMLButtonElement>(`[data-testid="${testId}"]`);
    if (button === null || button.disabled) return [];
    const run = (): void => {
      button.click();
    };
    return [{ command: { id: testId, title: t(title), hint, group: "do" as const }, run }];
  });
}

function pageActions(t: Translate): Action[] {
  const { theme, language, change } = usePreferences.getState();
  return [
    {
      command: {
        id: "theme",
        title: t(theme === "dark" ? "theme.toLight" : "theme.toDark"),
        hint: "",
        group: "do",
      },
      run: () => {
        change({ theme: theme === "dark" ? "light" : "dark" });
      },
    },
    {
      command: { id: "language", title: t("language.switch"), hint: "", group: "do" },
      run: () => {
        change({ language: language === "ko" ? "en" : "ko" });
      },
    },
  ];
}

function podsOf({ pods, strings }: ClusterState): { namespace: string; name: string }[] {
  return [...pods.slots.values()].map((slot) => ({
    namespace: strings.at(pods.namespace[slot] ?? 0),
    name: pods.name[slot] ?? "",
  }));
}
