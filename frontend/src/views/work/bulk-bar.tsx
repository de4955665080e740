import { Ban, CircleCheck, RotateCw, Scaling, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useT } from "../../i18n/index.ts";
import { takers } from "../../model/actions.ts";
import controls from "../../ui/controls.module.css";
import { useKeys } from "../../ui/keys.ts";
import { useMayChange } from "../../ui/viewed.tsx";
import { ActDialog, type BulkVerb } from "./act-dialog.tsx";
import styles from "./act-dialog.module.css";
import type { Picking } from "./use-picks.ts";

const VERBS = ["restart", "scale", "cordon", "uncordon", "delete"] as const;
const ICONS: Readonly<Record<BulkVerb, React.ReactNode>> = {
  restart: <RotateCw />,
  scale: <Scaling />,
  cordon: <Ban />,
  uncordon: <CircleCheck />,
  delete: <Trash2 />,
};

interface BulkBarProps {
  readonly clusterId: string;
  readonly picking: Picking;
  readonly verbs?: readonly BulkVerb[];
}

/** What can be done to all that is picked. */
export function BulkBar({ clusterId, picking, verbs = VERBS }: BulkBarProps) {
  const t = useT();
  const mayChange = useMayChange();
  const [verb, setVerb] = useState<BulkVerb | null>(null);
  const { targets, clear, drop } = picking;
  useKeys({
    Escape: () => {
      if (targets.length === 0 || verb !== null) return "unused";
      clear();
      return undefined;
    },
  });
  if (targets.length === 0 && verb === null) return null;
  const button = (each: BulkVerb) =>
    takers(each, targets).length > 0 && (
      <button
        key={each}
        type="button"
        className={each === "delete" ? controls.danger : controls.button}
        disabled={!mayChange}
        title={mayChange ? undefined : t("role.viewHint")}
        data-testid={`bulk-${each}`}
        onClick={() => {
          setVerb(each);
        }}
      >
        {ICONS[each]}
        {t(`act.${each}`)} …
      </button>
    );
  return (
    <div className={styles.bar} role="group" aria-label={t("pick.label")} data-testid="bulk-bar">
      <b role="status">{t("pick.count", { n: targets.length })}</b>
      {verbs.map(button)}
      <span className={controls.spacer} />
      <button type="button" className={controls.quiet} data-testid="bulk-clear" onClick={clear}>
        <X />
        {t("pick.clear")}
      </button>
      {verb !== null && (
        <ActDialog
          clusterId={clusterId}
          verb={verb}
          picked={targets}
          onDone={drop}
          onClose={() => {
            setVerb(null);
          }}
        />
      )}
    </div>
  );
}
