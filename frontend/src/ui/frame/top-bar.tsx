import { Eye, Share2 } from "lucide-react";
import { useState } from "react";
import type { Cluster } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import type { PagePlace } from "../../model/address.ts";
import controls from "../controls.module.css";
import { useSession } from "../live.tsx";
import { PaletteButton } from "../palette/palette-button.tsx";
import { Presence } from "../presence/presence.tsx";
import { ShareDialog } from "../share-dialog.tsx";
import { Brand, PageSwitches } from "./brand.tsx";
import { ClockControl } from "./clock-control.tsx";
import { Kubeconfig } from "./kubeconfig.tsx";
import { LiveChip } from "./live-chip.tsx";
import styles from "./top-bar.module.css";

export function TopBar({ cluster, place }: { cluster: Cluster; place: PagePlace }) {
  const t = useT();
  const role = useSession((session) => session.role) ?? cluster.role;
  const [sharing, setSharing] = useState(false);
  return (
    <header className={styles.bar}>
      <Brand />
      <h1 className={styles.name} title={cluster.name} data-testid="cluster-name">
        {cluster.name}
      </h1>
      {role === "view" && (
        <span className={styles.role} title={t("role.viewHint")} data-testid="role-chip">
          <Eye />
          <span data-word="often">{t("role.view")}</span>
        </span>
      )}
      <PaletteButton clusterId={cluster.id} />
      <span className={controls.spacer} />
      <ClockControl clusterId={cluster.id} />
      <LiveChip />
      <Presence clusterId={cluster.id} place={place} />
      <Kubeconfig cluster={cluster} />
      <button
        type="button"
        className={controls.primary}
        aria-label={t("share.button")}
        data-testid="share-button"
        onClick={() => {
          setSharing(true);
        }}
      >
        <Share2 />
        <span data-word="often">{t("share.button")}</span>
      </button>
      <PageSwitches />
      {sharing && (
        <ShareDialog
          clusterId={cluster.id}
          mayShare={role === "owner"}
          onClose={() => {
            setSharing(false);
          }}
        />
      )}
    </header>
  );
}
