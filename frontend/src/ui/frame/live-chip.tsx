import { History, RotateCw } from "lucide-react";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import controls from "../controls.module.css";
import { useConnection, useLink, useNow, useSession } from "../live.tsx";
import { useViewed } from "../viewed.tsx";
import styles from "./live-chip.module.css";

/** Says whether the page is live and at which revision; or else how old its data is, and when it tries again. */
export function LiveChip() {
  const t = useT();
  const link = useLink();
  const connection = useConnection();
  const rev = useSession((session) => session.cluster.rev);
  const past = useViewed().rev;
  if (past !== null && link.phase === "live") {
    return (
      <span className={styles.past} data-testid="live-chip" data-phase="past" data-rev={past}>
        <History size={15} aria-hidden="true" />
        {t("past.chip", { rev: past, now: rev ?? past })}
      </span>
    );
  }
  if (link.phase === "live") {
    return (
      <span className={styles.live} data-testid="live-chip" data-phase="live" data-rev={rev ?? ""}>
        <i className={styles.dot} />
        {rev === null ? t("live.connecting") : t("live.rev", { rev })}
      </span>
    );
  }
  return (
    <span className={styles.stale} data-testid="live-chip" data-phase={link.phase} data-rev={rev ?? ""}>
      <i className={styles.dot} />
      <StaleText />
      {link.phase === "waiting" && (
        <button
          type="button"
          className={controls.icon}
          aria-label={t("live.retryNow")}
          title={t("live.retryNow")}
          onClick={() => {
            connection.retryNow();
          }}
        >
          <RotateCw />
        </button>
      )}
    </span>
  );
}

function StaleText() {
  const t = useT();
  const link = useLink();
  const now = useNow(500);
  if (link.phase === "ended") return t("live.ended");
  if (!("lostAt" in link) || link.lostAt === null) return t("live.connecting");
  const age = formatAge(now - link.lostAt);
  if (link.phase === "connecting") return t("live.retrying", { age });
  return t("live.lost", { age, wait: Math.max(0, Math.ceil((link.retryAt - now) / 1000)) });
}
