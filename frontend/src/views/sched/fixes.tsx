import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { BadgeCheck, Wrench } from "lucide-react";
import { findFixes } from "../../api/analysis.ts";
import { takeFix } from "../../api/fixes.ts";
import { useT } from "../../i18n/index.ts";
import type { Fix } from "../../model/scheduling.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import { useMayChange } from "../../ui/viewed.tsx";
import styles from "./sched.module.css";

interface FixesProps {
  readonly clusterId: string;
  readonly namespace: string;
  readonly pod: string;
}

/** The cheapest changes after which the pod is placed, each tried on a copy of the cluster before it is offered. */
export function Fixes({ clusterId, namespace, pod }: FixesProps) {
  const t = useT();
  const query = useQuery({
    queryKey: ["fixes", clusterId, namespace, pod],
    queryFn: () => findFixes(clusterId, namespace, pod),
    staleTime: 15_000,
    retry: false,
  });
  if (query.error)
    return <p className={controls.muted}>{t("sched.fixesFailed", { message: query.error.message })}</p>;
  if (query.data === undefined) return <p className={controls.muted}>{t("sched.fixesSearching")}</p>;
  if (query.data.length === 0) return <p className={controls.muted}>{t("sched.noFixes")}</p>;
  return (
    <ol className={styles.fixes} aria-label={t("sched.fixes")}>
      {query.data.map((fix, index) => (
        <FixRow
          key={fix.change}
          fix={fix}
          isCheapest={index === 0}
          clusterId={clusterId}
          namespace={namespace}
          pod={pod}
        />
      ))}
    </ol>
  );
}

function FixRow({
  fix,
  isCheapest,
  ...where
}: FixesProps & { readonly fix: Fix; readonly isCheapest: boolean }) {
  const t = useT();
  const mayChange = useMayChange();
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () => takeFix(where.clusterId, where.namespace, where.pod, fix),
    onSuccess: () => {
      toast("good", t("sched.taken", { change: fix.sentence }));
      return queries.invalidateQueries({ queryKey: ["scheduling", where.clusterId] });
    },
    onError: (error) => {
      toast("bad", t("sched.takeFailed", { message: error.message }));
    },
  });
  return (
    <li data-testid="sched-fix">
      <span className={isCheapest ? styles.cheapest : undefined}>{fix.sentence}</span>
      {fix.proven && (
        <span className={styles.proven} title={t("sched.provenHint")}>
          <BadgeCheck aria-hidden="true" />
          {t("sched.proven")}
        </span>
      )}
      <button
        type="button"
        className={isCheapest ? controls.primary : controls.button}
        disabled={!mayChange || take.isPending || take.isSuccess}
        title={mayChange ? undefined : t("role.viewHint")}
        data-testid="sched-take"
        onClick={() => {
          take.mutate();
        }}
      >
        <Wrench />
        {take.isPending ? t("sched.taking") : t("sched.take")}
      </button>
    </li>
  );
}
