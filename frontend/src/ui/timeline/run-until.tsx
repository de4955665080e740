import { Flag } from "lucide-react";
import { useCallback, useState } from "react";
import { useT } from "../../i18n/index.ts";
import controls from "../controls.module.css";
import { useSession } from "../live.tsx";
import { useAddress, useChangeAddress } from "../location.ts";
import { Popover } from "../popover.tsx";
import styles from "./timeline.module.css";
import type { useRun } from "./use-travel.ts";

const LIMITS = [60, 600, 3600, 86_400] as const;

/** Lets the clock run until a condition holds. */
export function RunUntil({ mayRun, run }: { mayRun: boolean; run: ReturnType<typeof useRun> }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => {
    setOpen(false);
  }, []);
  const trigger = (
    <button
      type="button"
      className={controls.button}
      aria-expanded={open}
      disabled={!mayRun}
      title={mayRun ? t("time.untilHint") : t("role.viewHint")}
      data-testid="run-until"
      onClick={() => {
        setOpen(!open);
      }}
    >
      <Flag />
      {t("time.until")}
    </button>
  );
  return (
    <Popover label={t("time.until")} open={open} onClose={close} trigger={trigger} above>
      <UntilForm
        onRun={(until, limit) => {
          run.mutate({ until, limit_s: limit });
          close();
        }}
      />
    </Popover>
  );
}

function UntilForm({ onRun }: { onRun: (until: string, limit: number) => void }) {
  const t = useT();
  const { selection } = useAddress();
  const named = selection && [selection.kind, selection.namespace, selection.name].filter(Boolean).join("/");
  const [text, setText] = useState(named === null ? "" : `${named} ready`);
  const [limit, setLimit] = useState<number>(600);
  return (
    <form
      className={styles.until}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") onRun(text.trim(), limit);
      }}
    >
      <label className={controls.field}>
        <span>{t("time.untilHint")}</span>
        <input
          className={controls.input}
          value={text}
          autoFocus
          spellCheck={false}
          data-testid="until-text"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      </label>
      <label className={controls.field}>
        <span>{t("time.untilLimit")}</span>
        <select
          className={controls.input}
          value={limit}
          onChange={(event) => {
            setLimit(Number(event.target.value));
          }}
        >
          {LIMITS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds < 3600 ? `${String(seconds / 60)} min` : `${String(seconds / 3600)} h`}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className={controls.primary} data-testid="until-run">
        {t("time.untilRun")}
      </button>
    </form>
  );
}

/** How far the clock is with what it runs until; a goal that was reached leads to its revision. */
export function GoalChip() {
  const t = useT();
  const goal = useSession((session) => session.goal);
  const change = useChangeAddress();
  if (goal === null) return null;
  const text = t(`time.goal.${goal.state}`, { text: goal.text });
  const { rev } = goal;
  if (rev === null || goal.state === "running") {
    return (
      <span className={styles.goal} role="status" data-state={goal.state} data-testid="goal">
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={styles.goal}
      data-state={goal.state}
      data-testid="goal"
      onClick={() => {
        change({ rev });
      }}
    >
      {text} · {t("time.rev", { rev })}
    </button>
  );
}
