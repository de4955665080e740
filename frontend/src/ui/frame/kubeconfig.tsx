import { Download, SquareTerminal } from "lucide-react";
import { useCallback, useState } from "react";
import { kubeconfigPath } from "../../api/clusters.ts";
import type { Cluster } from "../../api/types.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../controls.module.css";
import { CopyField } from "../copy-field.tsx";
import { Popover } from "../popover.tsx";
import styles from "./kubeconfig.module.css";

/** Downloads the cluster's kubeconfig and shows the two commands that put it to use. */
export function Kubeconfig({ cluster }: { cluster: Cluster }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const close = useCallback(() => {
    setOpen(false);
  }, []);
  const file = `${cluster.name.replaceAll(/[^\w.-]+/g, "-")}.kubeconfig`;
  const trigger = (
    <span className={styles.split}>
      <a
        className={controls.button}
        href={kubeconfigPath(cluster.id)}
        download={file}
        aria-label={t("kubeconfig.button")}
        data-testid="kubeconfig-download"
        onClick={() => {
          setOpen(true);
        }}
      >
        <Download />
        <span data-word="rare">{t("kubeconfig.button")}</span>
      </a>
      <button
        type="button"
        className={controls.icon}
        aria-label={t("kubeconfig.command")}
        title={t("kubeconfig.command")}
        aria-expanded={open}
        data-testid="kubeconfig-command"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <SquareTerminal />
      </button>
    </span>
  );
  return (
    <Popover label={t("kubeconfig.title")} open={open} onClose={close} trigger={trigger}>
      <h2>{t("kubeconfig.title")}</h2>
      <p className={controls.muted}>{t("kubeconfig.lead", { role: t(`role.name.${cluster.role}`) })}</p>
      <CopyField label="export KUBECONFIG" text={`export KUBECONFIG=~/Downloads/${file}`} />
      <CopyField label="kubectl get pods" text="kubectl get pods -A --watch" />
    </Popover>
  );
}
