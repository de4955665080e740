import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { listKubeObjects } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { type Command, parseJump, rankCommands } from "../../model/commands.ts";
import { findKind, KINDS, type KindInfo, listPath } from "../../model/kinds.ts";
import { Dialog } from "../dialog.tsx";
import { useAddress, useChangeAddress } from "../location.ts";
import styles from "./palette.module.css";
import { type Action, useActions } from "./use-actions.ts";

const MOST = 12;

interface PaletteProps {
  readonly clusterId: string;
  /** What is typed already: ":" for a jump to a kind. */
  readonly start: string;
  readonly onClose: () => void;
}

/** Everything that the page can do or show, by typing a few letters of it. */
export default function Palette({ clusterId, start, onClose }: PaletteProps) {
  const t = useT();
  const [typed, setTyped] = useState(start);
  const [at, setAt] = useState(0);
  const found = useFound(clusterId, typed, setTyped);
  const chosen = Math.min(at, found.length - 1);
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    if (!action.keepsOpen) onClose();
    action.run();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} onClose={onClose} wide>
      <input
        className={styles.input}
        value={typed}
        placeholder={t("palette.placeholder")}
        role="combobox"
        aria-label={t("palette.title")}
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={found.length > 0 ? `palette-${String(chosen)}` : undefined}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        data-testid="palette-input"
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
      />
      <Options found={found} chosen={chosen} onPoint={setAt} onRun={run} />
      {found.length === 0 && <p className={styles.hint}>{t("palette.none")}</p>}
    </Dialog>
  );
}

interface OptionsProps {
  readonly found: readonly Action[];
  readonly chosen: number;
  readonly onPoint: (index: number) => void;
  readonly onRun: (action: Action) => void;
}

function Options({ found, chosen, onPoint, onRun }: OptionsProps) {
  const t = useT();
  return (
    <ul id="palette-list" role="listbox" aria-label={t("palette.title")} className={styles.list}>
      {found.map((action, index) => (
        <li
          key={action.command.id}
          id={`palette-${String(index)}`}
          role="option"
          aria-selected={index === chosen}
          className={styles.option}
          data-testid="palette-option"
          onPointerMove={() => {
            onPoint(index);
          }}
          onClick={() => {
            onRun(action);
          }}
        >
          <span>{action.command.title}</span>
          <span className={styles.hint}>{action.command.hint}</span>
        </li>
      ))}
    </ul>
  );
}

function useFound(clusterId: string, typed: string, complete: (text: string) => void): readonly Action[] {
  const actions = useActions(clusterId);
  const jump = parseJump(typed);
  const kind = jump && findKind(jump.kind);
  const objects = useObjects(clusterId, kind, jump?.namespace ?? "");
  return useMemo(() => {
    if (kind !== null && jump !== null)
      return rank(objects, [jump.namespace, jump.name].filter(Boolean).join("/"));
    if (typed.startsWith(":")) return rank(kindActions(complete), typed.slice(1));
    return rank(actions, typed);
    // `jump` is made of `typed` anew each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [actions, objects, typed, kind]);
}

function rank(actions: readonly Action[], typed: string): Action[] {
  const byId = new Map(actions.map((action) => [action.command.id, action]));
  const commands: Command[] = actions.map((action) => action.command);
  return rankCommands(commands, typed, MOST).flatMap((command) => byId.get(command.id) ?? []);
}

function kindActions(complete: (text: string) => void): Action[] {
  return KINDS.map(({ kind, resource, shortNames }) => ({
    command: {
      id: `kind ${resource}`,
      title: resource,
      hint: [kind, ...shortNames].join(" · "),
      group: "kind",
    },
    keepsOpen: true,
    run: () => {
      complete(`:${resource} `);
    },
  }));
}

/** All objects of a kind; each action selects one. */
function useObjects(clusterId: string, kind: KindInfo | null, namespace: string): readonly Action[] {
  const change = useChangeAddress();
  const { rev } = useAddress();
  const path = kind === null ? "" : listPath(kind, namespace);
  const { data } = useQuery({
    queryKey: ["kube-list", clusterId, path],
    queryFn: () => listKubeObjects(clusterId, path),
    enabled: kind !== null,
    staleTime: 3000,
    retry: false,
  });
  return useMemo(
    () =>
      (data ?? []).map(({ metadata: { name, namespace: place = "" } }) => ({
        command: {
          id: `${path} ${place}/${name}`,
          title: place === "" ? name : `${place}/${name}`,
          hint: kind?.kind ?? "",
          group: "object",
        },
        run: () => {
          change({ selection: { kind: (kind?.kind ?? "").toLowerCase(), namespace: place, name }, rev });
        },
      })),
    [data, path, kind, change, rev],
  );
}
