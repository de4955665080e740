import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { listExamples } from "../../api/clusters.ts";
import type { Example } from "../../api/types.ts";
import { useSaid } from "../../i18n/examples.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import styles from "./gallery.module.css";
import { Miniature } from "./miniature.tsx";
import { useCreate } from "./use-create.ts";

export function Gallery() {
  const t = useT();
  const examples = useQuery({ queryKey: ["examples"], queryFn: listExamples, staleTime: Infinity });
  const said = useSaid();
  const create = useCreate();
  const opening = create.isPending ? create.variables.cluster.example : undefined;
  if (examples.error) {
    return (
      <p className={controls.toneBad} role="alert">
        {t("start.noExamples", { message: examples.error.message })}{" "}
        <button type="button" className={controls.button} onClick={() => void examples.refetch()}>
          {t("app.retry")}
        </button>
      </p>
    );
  }
  return (
    <ul className={styles.gallery} aria-busy={examples.isPending}>
      {examples.isPending && [1, 2, 3].map((each) => <li key={each} className={styles.waiting} />)}
      {examples.data?.map(said).map((example) => (
        <ExampleCard
          key={example.slug}
          example={example}
          isOpening={opening === example.slug}
          disabled={create.isPending}
          onOpen={() => {
            create.mutate({ cluster: { example: example.slug } });
          }}
        />
      ))}
    </ul>
  );
}

interface ExampleCardProps {
  readonly example: Example;
  readonly isOpening: boolean;
  readonly disabled: boolean;
  readonly onOpen: () => void;
}

function ExampleCard({ example, isOpening, disabled, onOpen }: ExampleCardProps) {
  const t = useT();
  return (
    <li className={styles.card}>
      <h2>{example.title}</h2>
      <div className={styles.what}>
        <p className={styles.summary}>{example.summary}</p>
        <Miniature nodes={example.nodes} pods={example.pods} />
      </div>
      <div className={styles.foot}>
        <button
          type="button"
          className={controls.primary}
          disabled={disabled}
          aria-label={t("start.openNamed", { title: example.title })}
          data-testid={`example-open-${example.slug}`}
          onClick={onOpen}
        >
          <Play />
          {isOpening ? t("start.opening") : t("start.open")}
        </button>
        <span className={styles.size}>{t("start.size", { nodes: example.nodes, pods: example.pods })}</span>
      </div>
    </li>
  );
}
