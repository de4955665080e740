import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { previewDrain } from "../../api/nodes.ts";
import { useT } from "../../i18n/index.ts";
import {
  countPhases,
  type DrainPreview,
  DRAIN_PHASES,
  type DrainRow,
  type Leaving,
} from "../../model/drain.ts";
import controls from "../../ui/controls.module.css";
import { Dialog } from "../../ui/dialog.tsx";
import { Waiting } from "../../ui/view-frame.tsx";
import styles from "./drain-dialog.module.css";
import { type Drain, useDrain } from "./use-drain.ts";

const REFRESH_MS = 3000;

interface DrainDialogProps {
  readonly clusterId: string;
  readonly node: string;
  readonly onClose: () => void;
}

/** What draining a node would do; then its progress, pod by pod. */
export function DrainDialog({ clusterId, node, onClose }: DrainDialogProps) {
  const t = useT();
  const drain = useDrain(clusterId, node);
  const preview = useQuery({
    queryKey: ["drain", clusterId, node],
    queryFn: () => previewDrain(clusterId, node),
    enabled: drain.rows === null,
    refetchInterval: REFRESH_MS,
    retry: false,
  });
  return (
    <Dialog title={t("drain.title", { name: node })} onClose={onClose} wide>
      <div className={styles.dialog} data-testid="drain-dialog">
        {drain.rows !== null ? (
          <Progress rows={drain.rows} drain={drain} onClose={onClose} />
        ) : preview.data ? (
          <Preview preview={preview.data} onStart={drain.start} onClose={onClose} />
        ) : (
          <Waiting query={preview} />
        )}
        {drain.error && (
          <p role="alert" className={controls.toneBad}>
            {t("nodes.failed", { message: drain.error.message })}
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface PreviewProps {
  readonly preview: DrainPreview;
  readonly onStart: () => void;
  readonly onClose: () => void;
}

function Preview({ preview, onStart, onClose }: PreviewProps) {
  const t = useT();
  const [isForced, setForced] = useState(false);
  const { leaving, staying } = preview;
  const lost = leaving.filter((each) => each.controller === "").length;
  return (
    <>
      <p data-testid="drain-sum">
        {t("drain.sum", { leaving: leaving.length, staying: staying.length })}{" "}
        {preview.smooth && leaving.length > 0 && <span className={controls.toneOk}>{t("drain.smooth")}</span>}
      </p>
      <ul className={styles.pods} tabIndex={0} aria-label={t("drain.leaving")}>
        {leaving.map((each) => (
          <li key={each.pod} data-testid="drain-pod">
            <b>{each.pod}</b>
            <Fate leaving={each} />
          </li>
        ))}
      </ul>
      {lost > 0 && (
        <label className={styles.force}>
          <input
            type="checkbox"
            checked={isForced}
            data-testid="drain-force"
            onChange={(event) => {
              setForced(event.target.checked);
            }}
          />
          {t("drain.force", { n: lost })}
        </label>
      )}
      <div className={styles.buttons}>
        <button type="button" className={controls.button} data-autofocus onClick={onClose}>
          {t("act.cancel")}
        </button>
        <button
          type="button"
          className={controls.primary}
          disabled={lost > 0 && !isForced}
          data-testid="drain-start"
          onClick={onStart}
        >
          {t("drain.start")}
        </button>
      </div>
    </>
  );
}

/** Where it goes, who holds it, and whether another one is made. */
function Fate({ leaving: { controller, held_by, goes_to, message } }: { leaving: Leaving }) {
  const t = useT();
  return (
    <>
      {controller === "" ? (
        <span className={controls.toneBad}>{t("drain.lost")}</span>
      ) : goes_to === "" ? (
        <span className={controls.toneWait}>{t("drain.nowhere", { message })}</span>
      ) : (
        <span className={controls.muted}>{t("drain.goesTo", { node: goes_to })}</span>
      )}
      {held_by !== "" && <span className={controls.toneWait}>{t("drain.heldBy", { name: held_by })}</span>}
    </>
  );
}

interface ProgressProps {
  readonly rows: readonly DrainRow[];
  readonly drain: Drain;
  readonly onClose: () => void;
}

function Progress({ rows, drain, onClose }: ProgressProps) {
  const t = useT();
  const counts = countPhases(rows);
  const tones = {
    refused: controls.toneBad,
    waiting: controls.muted,
    leaving: controls.toneProgress,
    gone: controls.toneOk,
  };
  return (
    <>
      <progress
        className={styles.progress}
        aria-label={t("drain.leaving")}
        max={Math.max(1, rows.length)}
        value={rows.length === 0 ? 1 : counts.gone}
      />
      <p role="status" data-testid="drain-state" data-done={drain.isDone}>
        {drain.isDone
          ? t("drain.done")
          : DRAIN_PHASES.map((phase) => t(`drain.count.${phase}`, { n: counts[phase] })).join(" · ")}
      </p>
      <ul className={styles.pods} tabIndex={0} aria-label={t("drain.leaving")}>
        {rows.map((row) => (
          <li key={row.pod} data-testid="drain-pod" data-phase={row.phase}>
            <b>{row.pod}</b>
            <span className={tones[row.phase]}>{t(`drain.phase.${row.phase}`)}</span>
            {row.answer !== "" && <span>{row.answer}</span>}
          </li>
        ))}
      </ul>
      {counts.refused > 0 && <p className={controls.muted}>{t("drain.again")}</p>}
      <div className={styles.buttons}>
        {drain.isRunning && (
          <button type="button" className={controls.button} data-testid="drain-stop" onClick={drain.stop}>
            {t("drain.stop")}
          </button>
        )}
        {!drain.isRunning && !drain.isDone && (
          <button type="button" className={controls.primary} onClick={drain.start}>
            {t("drain.goOn")}
          </button>
        )}
        {drain.isDone && (
          <button type="button" className={controls.primary} onClick={onClose}>
            {t("app.close")}
          </button>
        )}
      </div>
    </>
  );
}
