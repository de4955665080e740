import { Languages, Moon, Sun } from "lucide-react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import controls from "../controls.module.css";
import { usePreferences } from "../preferences.ts";
import styles from "./brand.module.css";

export function Brand() {
  const t = useT();
  return (
    <Link href="/" className={styles.brand} aria-label={t("app.home")}>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <rect className={styles.ok} x="2" y="2" width="12" height="12" rx="2.5" />
        <rect className={styles.ok} x="18" y="2" width="12" height="12" rx="2.5" />
        <rect className={styles.wait} x="3.5" y="19.5" width="9" height="9" rx="1.5" />
        <rect className={styles.progress} x="18" y="18" width="12" height="12" rx="2.5" />
      </svg>
      <span data-word="often">ClusterLab</span>
    </Link>
  );
}

/** The page's own switches: colours and language. */
export function PageSwitches() {
  const t = useT();
  const { theme, language, change } = usePreferences();
  const themeLabel = theme === "dark" ? t("theme.toLight") : t("theme.toDark");
  return (
    <>
      <button
        type="button"
        className={controls.icon}
        aria-label={themeLabel}
        title={themeLabel}
        data-testid="theme-toggle"
        onClick={() => {
          change({ theme: theme === "dark" ? "light" : "dark" });
        }}
      >
        {theme === "dark" ? <Sun /> : <Moon />}
      </button>
      <button
        type="button"
        className={controls.icon}
        aria-label={t("language.switch")}
        title={t("language.switch")}
        data-testid="language-toggle"
        onClick={() => {
          change({ language: language === "ko" ? "en" : "ko" });
        }}
      >
        <Languages />
      </button>
    </>
  );
}
