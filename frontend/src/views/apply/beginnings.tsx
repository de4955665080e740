import { useQuery } from "@tanstack/react-query";
import { getCluster, getExampleFiles } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import styles from "./apply-view.module.css";
import { addFiles } from "./drafts.ts";
import { EXAMPLE_MANIFEST } from "./example-manifest.ts";

/** Texts to begin with while there is none: an example, and the manifests that an example's cluster was made of. */
export function Beginnings({ clusterId }: { clusterId: string }) {
  const t = useT();
  const cluster = useQuery({ queryKey: ["cluster", clusterId], queryFn: () => getCluster(clusterId) });
  const example = cluster.data?.example ?? null;
  const insertOwn = async (slug: string): Promise<void> => {
    try {
      addFiles(clusterId, await getExampleFiles(slug));
    } catch (error) {
      toast("bad", t("view.failed", { message: error instanceof Error ? error.message : String(error) }));
    }
  };
  return (
    <div className={styles.hint}>
      <p>{t("apply.empty")}</p>
      <button
        type="button"
        className={controls.button}
        data-testid="apply-example"
        onClick={() => {
          addFiles(clusterId, [EXAMPLE_MANIFEST]);
        }}
      >
        {t("apply.example")}
      </button>
      {example !== null && (
        <button
          type="button"
          className={controls.button}
          data-testid="apply-own"
          onClick={() => void insertOwn(example)}
        >
          {t("apply.own")}
        </button>
      )}
    </div>
  );
}
