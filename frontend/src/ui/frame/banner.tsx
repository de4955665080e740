import { Link } from "wouter";
import { ApiError } from "../../api/http.ts";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import controls from "../controls.module.css";
import { useConnection, useLink, useNow, useSession } from "../live.tsx";
import { useChangeAddress } from "../location.ts";
import { useViewed } from "../viewed.tsx";
import styles from "./banner.module.css";

/** A line over the view whenever what it shows is not the cluster of this moment. */
export function Banner() {
  const t = useT();
  const link = useLink();
  if (link.phase === "ended") {
    return (
      <div className={styles.banner} role="alert" data-testid="banner" data-reason={link.reason}>
        {link.reason === "compacted" ? t("live.connecting") : t(`bye.${link.reason}`)}
        <Link href="/" className={controls.button}>
          {t("bye.action")}
        </Link>
      </div>
    );
  }
  if ("lostAt" in link && link.lostAt !== null) return <LostBanner lostAt={link.lostAt} />;
  return (
    <>
      <PastBanner />
      <SkippedBanner />
    </>
  );
}

/** A revision that can't be shown: which one can. */
function PastBanner() {
  const t = useT();
  const { rev, error } = useViewed();
  const change = useChangeAddress();
  if (rev === null || error === null) return null;
  const kept = keptFrom(error);
  return (
    <div className={styles.banner} role="alert" data-testid="banner" data-reason="past">
      {kept === null ? t("past.failed", { rev, message: error.message }) : t("past.compacted", { rev, kept })}
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          change({ rev: kept });
        }}
      >
        {kept === null ? t("help.live") : t("past.goTo", { rev: kept })}
      </button>
    </div>
  );
}

/** The oldest revision that is kept, when the error is that ours is not. */
function keptFrom(error: Error): number | null {
  if (!(error instanceof ApiError) || error.code !== "compacted") return null;
  const { details } = error;
  if (typeof details !== "object" || details === null || !("kept_from" in details)) return null;
  return typeof details.kept_from === "number" ? details.kept_from : null;
}

/** The first moments of a loss are left to the chip: most are over before anyone could read a sentence. */
const SILENT_MS = 1500;

function LostBanner({ lostAt }: { lostAt: number }) {
  const t = useT();
  const connection = useConnection();
  const age = useNow(500) - lostAt;
  if (age < SILENT_MS) return null;
  return (
    <div className={styles.banner} role="status" data-testid="banner" data-reason="lost">
      {t("live.lostBanner", { age: formatAge(age) })}
      <button
        type="button"
        className={controls.button}
        onClick={() => {
          connection.retryNow();
        }}
      >
        {t("live.retryNow")}
      </button>
    </div>
  );
}

function SkippedBanner() {
  const t = useT();
  const skipped = useSession((session) => session.skipped);
  if (skipped === 0) return null;
  return (
    <div className={styles.banner} role="status" data-testid="banner" data-reason="skipped">
      {t("live.skipped", { n: skipped })}
    </div>
  );
}
