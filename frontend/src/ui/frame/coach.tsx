import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { listExamples } from "../../api/clusters.ts";
import type { Cluster } from "../../api/types.ts";
import { useSaid } from "../../i18n/examples.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../controls.module.css";
import { remember, remembered } from "../storage.ts";
import styles from "./coach.module.css";

/** An example's three sentences, until they are put away. */
export function Coach({ cluster }: { cluster: Cluster }) {
  const t = useT();
  const key = `clusterlab.coach.${cluster.id}`;
  const [isHidden, setHidden] = useState(() => remembered(key, false));
  const examples = useQuery({
    queryKey: ["examples"],
    queryFn: listExamples,
    staleTime: Infinity,
    enabled: cluster.example !== null && !isHidden,
  });
  const said = useSaid();
  const example = examples.data?.find((each) => each.slug === cluster.example);
  const steps = example ? said(example).steps : [];
  if (isHidden || steps.length === 0) return null;
  return (
    <section className={styles.coach} aria-label={t("coach.title")} data-testid="coach">
      <ol className={styles.steps}>
        {steps.map((step, index) => (
          <li key={step}>
            <b aria-hidden="true">{index + 1}</b> {step}
          </li>
        ))}
      </ol>
      <button
        type="button"
        className={controls.icon}
        aria-label={t("coach.dismiss")}
        title={t("coach.dismiss")}
        onClick={() => {
          remember(key, true);
          setHidden(true);
        }}
      >
        <X />
      </button>
    </section>
  );
}
