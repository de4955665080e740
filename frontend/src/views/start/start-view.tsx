import { useT } from "../../i18n/index.ts";
import { AccountButton } from "../../ui/account/account-button.tsx";
import controls from "../../ui/controls.module.css";
import { Brand, PageSwitches } from "../../ui/frame/brand.tsx";
import { CreateForm } from "./create-form.tsx";
import { DropZone } from "./drop-zone.tsx";
import { Gallery } from "./gallery.tsx";
import { MyClusters } from "./my-clusters.tsx";
import styles from "./start-view.module.css";

export function StartView() {
  const t = useT();
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <Brand />
        <span className={styles.tagline}>{t("app.tagline")}</span>
        <span className={controls.spacer} />
        <AccountButton />
        <PageSwitches />
      </header>
      <main className={styles.main}>
        <div>
          <h1>{t("start.title")}</h1>
          <p className={controls.muted}>{t("start.lead")}</p>
        </div>
        <Gallery />
        <DropZone />
        <div className={styles.columns}>
          <CreateForm />
          <MyClusters />
        </div>
      </main>
    </div>
  );
}
