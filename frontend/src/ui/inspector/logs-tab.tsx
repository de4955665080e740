import { useState } from "react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import type { Selection } from "../../model/address.ts";
import { formatClock } from "../../model/age.ts";
import { filterLines, toneOf, visible } from "../../model/logs.ts";
import controls from "../controls.module.css";
import { useLog } from "../log-reader.ts";
import { clusterUrl } from "../location.ts";
import { useViewed, useViewedNow } from "../viewed.tsx";
import styles from "./inspector.module.css";

const SHOWN = 200;

/** The newest lines of a pod's first container; the Logs view has all of them. */
export function LogsTab({ clusterId, selection }: { clusterId: string; selection: Selection }) {
  const t = useT();
  const { namespace, name } = selection;
  const { rev } = useViewed();
  const now = useViewedNow();
  const [previous, setPrevious] = useState(false);
  const log = useLog(clusterId, { namespace, pod: name, container: "", previous }, rev === null && !previous);
  const lines = filterLines(log.lines, "", rev === null ? null : now).slice(-SHOWN);
  return (
    <>
      <div className={controls.row}>
        <label className={controls.row}>
          <input
            type="checkbox"
            checked={previous}
            onChange={(event) => {
              setPrevious(event.target.checked);
            }}
          />
          {t("logs.previous")}
        </label>
        <span className={controls.spacer} />
        <Link
          className={controls.button}
          href={clusterUrl(clusterId, "logs", { selection, rev }, [namespace, name])}
        >
          {t("logs.open")}
        </Link>
      </div>
      {log.error && <p className={controls.toneBad}>{t("view.failed", { message: log.error.message })}</p>}
      {log.isPending && <p className={controls.muted}>{t("app.loading")}</p>}
      {!log.isPending && !log.error && lines.length === 0 && (
        <p className={controls.muted}>{t("logs.none")}</p>
      )}
      <pre className={styles.log} tabIndex={0} data-testid="inspector-log">
        {lines.map((line, index) => (
          <span key={index} data-tone={toneOf(line.text)} title={`t=${formatClock(line.at)}`}>
            {visible(line.text)}
            {"\n"}
          </span>
        ))}
      </pre>
    </>
  );
}
