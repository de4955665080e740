import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { act } from "../../api/batch.ts";
import { useT } from "../../i18n/index.ts";
import {
  type Action,
  countKinds,
  keyOf,
  lossOf,
  type Outcome,
  takers,
  type Target,
  type Verb,
} from "../../model/actions.ts";
import controls from "../../ui/controls.module.css";
import { Dialog } from "../../ui/dialog.tsx";
import { useCluster, useViewedNow } from "../../ui/viewed.tsx";
import styles from "./act-dialog.module.css";
import { Outcomes } from "./outcomes.tsx";

export type BulkVerb = Exclude<Verb, "evict">;

interface ActDialogProps {
  readonly clusterId: string;
  readonly verb: BulkVerb;
  readonly picked: readonly Target[];
  readonly onDone: (done: readonly Target[]) => void;
  readonly onClose: () => void;
}

/** Names what is hit, asks, does it, and tells what came of each. */
export function ActDialog({ clusterId, verb, picked, onDone, onClose }: ActDialogProps) {
  const t = useT();
  const [targets] = useState(() => takers(verb, picked));
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const run = useMutation({
    mutationFn: (action: Action) =>
      act(clusterId, action, targets, (some) => {
        setOutcomes([...some]);
      }),
    onSuccess: (all) => {
      onDone(all.filter((each) => each.isDone).map((each) => each.target));
    },
  });
  const title = t(`act.sure.${verb}`, { what: countKinds(targets) });
  return (
    <Dialog title={title} onClose={onClose}>
      {run.isIdle ? (
        <Question
          {...{ verb, targets, onClose }}
          passed={picked.length - targets.length}
          onAct={run.mutate}
        />
      ) : (
        <>
          {run.isPending && (
            <>
              <progress className={styles.progress} max={targets.length} value={outcomes.length} />
              <p role="status">{t("act.running", { done: outcomes.length, all: targets.length })}</p>
            </>
          )}
          {run.error && (
            <p role="alert" className={controls.toneBad}>
              {t("nodes.failed", { message: run.error.message })}
            </p>
          )}
          <Outcomes outcomes={outcomes} />
          {!run.isPending && (
            <div className={styles.buttons}>
              <button
                type="button"
                className={controls.primary}
                data-autofocus
                data-testid="act-close"
                onClick={onClose}
              >
                {t("app.close")}
              </button>
            </div>
          )}
        </>
      )}
    </Dialog>
  );
}

interface QuestionProps extends Pick<ActDialogProps, "verb" | "onClose"> {
  readonly targets: readonly Target[];
  /** Those of the selection that the verb means nothing to. */
  readonly passed: number;
  readonly onAct: (action: Action) => void;
}

function Question({ verb, targets, passed, onAct, onClose }: QuestionProps) {
  const t = useT();
  const [replicas, setReplicas] = useState(targets[0]?.replicas ?? 1);
  const epoch = useCluster((cluster) => cluster.epoch);
  const now = useViewedNow();
  const action = (): Action => {
    if (verb === "restart") return { verb, at: `${new Date(epoch + now).toISOString().slice(0, 19)}Z` };
    return verb === "scale" ? { verb, replicas } : { verb };
  };
  return (
    <form
      className={styles.question}
      onSubmit={(event) => {
        event.preventDefault();
        onAct(action());
      }}
    >
      <Hit targets={targets} />
      {verb === "delete" && <Losses targets={targets} />}
      {passed > 0 && <p className={controls.muted}>{t("act.passed", { n: passed })}</p>}
      {verb === "scale" && (
        <label className={controls.field}>
          <span>{t("act.replicas")}</span>
          <input
            type="number"
            className={controls.input}
            min={0}
            max={100_000}
            required
            value={replicas}
            data-autofocus
            data-testid="act-replicas"
            onChange={(event) => {
              setReplicas(event.target.valueAsNumber);
            }}
          />
        </label>
      )}
      <div className={styles.buttons}>
        <button type="button" className={controls.button} data-autofocus onClick={onClose}>
          {t("act.cancel")}
        </button>
        <button
          type="submit"
          className={verb === "delete" ? controls.danger : controls.primary}
          data-testid="act-go"
          disabled={targets.length === 0}
        >
          {t(`act.${verb}`)}
        </button>
      </div>
    </form>
  );
}

const MOST_NAMED = 100;

function Hit({ targets }: { targets: readonly Target[] }) {
  const t = useT();
  return (
    <ul className={styles.hit} tabIndex={0} aria-label={t("act.hit")} data-testid="act-hit">
      {targets.slice(0, MOST_NAMED).map((target) => (
        <li key={keyOf(target)}>
          <span className={controls.muted}>{target.kind}</span> {target.name}{" "}
          <span className={controls.muted}>{target.namespace}</span>
        </li>
      ))}
      {targets.length > MOST_NAMED && <li>{t("act.more", { n: targets.length - MOST_NAMED })}</li>}
    </ul>
  );
}

function Losses({ targets }: { targets: readonly Target[] }) {
  const t = useT();
  const { forGood, remade, owners } = lossOf(targets);
  return (
    <>
      {owners > 0 && <p className={controls.toneWait}>{t("act.owners", { n: owners })}</p>}
      {forGood > 0 && <p className={controls.toneBad}>{t("act.forGood", { n: forGood })}</p>}
      {remade > 0 && <p>{t("act.remade", { n: remade })}</p>}
    </>
  );
}
