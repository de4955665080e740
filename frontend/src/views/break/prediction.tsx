import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw, Zap } from "lucide-react";
import { orderFault, previewFault } from "../../api/faults.ts";
import { type Translate, useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { type Blast, partsOf, type Turn } from "../../model/blast.ts";
import {
  type Duration,
  DURATIONS,
  type Fault,
  type FaultKind,
  isHit,
  type Target,
} from "../../model/faults.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import { Waiting } from "../../ui/view-frame.tsx";
import { useMayChange, useViewed } from "../../ui/viewed.tsx";
import styles from "./break.module.css";
import { Losses } from "./losses.tsx";

interface PredictionProps {
  readonly clusterId: string;
  readonly kind: FaultKind;
  readonly target: Target;
  readonly faults: readonly Fault[];
  readonly duration: Duration;
  readonly onDuration: (duration: Duration) => void;
}

/** What would happen, for how long, and the button that makes it so. */
export function Prediction({ clusterId, kind, target, faults, duration, onDuration }: PredictionProps) {
  const t = useT();
  const { rev } = useViewed();
  const wish = { kind, targets: target.names, duration_s: kind === "crash" ? null : duration };
  const preview = useQuery({
    queryKey: ["blast", clusterId, wish],
    queryFn: ({ signal }) => previewFault(clusterId, wish, signal),
    enabled: rev === null,
    staleTime: Infinity,
    retry: false,
  });
  const title = t(`break.if.${kind}`, { name: target.name });
  return (
    <section className={styles.prediction} aria-label={title}>
      <h3 className={styles.heading}>{title}</h3>
      {kind !== "crash" && <Durations chosen={duration} onChoose={onDuration} />}
      <Order
        clusterId={clusterId}
        wish={wish}
        title={title}
        isHit={faults.some((f) => isHit(f, kind, target))}
      />
      {rev !== null && <p className={styles.choose}>{t("break.past")}</p>}
      {rev === null && preview.isFetching && (
        <p className={styles.trying} role="status">
          <RotateCw size={15} aria-hidden="true" /> {t("break.trying")}
        </p>
      )}
      {rev === null && preview.error && <Waiting query={preview} />}
      {rev === null && preview.data && !preview.isFetching && (
        <>
          <Foretold blast={preview.data} kind={kind} />
          <button
            type="button"
            className={controls.quiet}
            data-testid="break-again"
            onClick={() => void preview.refetch()}
          >
            <RotateCw />
            {t("break.again")}
          </button>
        </>
      )}
    </section>
  );
}

function Durations({ chosen, onChoose }: { chosen: Duration; onChoose: (duration: Duration) => void }) {
  const t = useT();
  return (
    <fieldset className={styles.durations}>
      <legend>{t("break.duration")}</legend>
      {DURATIONS.map((seconds) => (
        <label key={seconds ?? "none"} className={styles.duration} data-chosen={seconds === chosen}>
          <input
            type="radio"
            name="duration"
            checked={seconds === chosen}
            data-testid="break-duration"
            data-seconds={seconds ?? ""}
            onChange={() => {
              onChoose(seconds);
            }}
          />
          {seconds === null ? t("break.untilRemoved") : t("break.span", { age: spanOf(seconds) })}
        </label>
      ))}
    </fieldset>
  );
}

function spanOf(seconds: number): string {
  return seconds < 120 ? `${String(seconds)} s` : `${String(seconds / 60)} min`;
}

interface OrderProps {
  readonly clusterId: string;
  readonly wish: Parameters<typeof orderFault>[1];
  readonly title: string;
  readonly isHit: boolean;
}

function Order({ clusterId, wish, title, isHit: isBroken }: OrderProps) {
  const t = useT();
  const mayChange = useMayChange();
  const queries = useQueryClient();
  const order = useMutation({
    mutationFn: () => orderFault(clusterId, wish),
    onSuccess: () => {
      toast("good", t("break.done"));
      return queries.invalidateQueries({ queryKey: ["faults", clusterId] });
    },
    onError: (error) => {
      toast("bad", t("break.failed", { message: error.message }));
    },
  });
  return (
    <button
      type="button"
      className={styles.order}
      disabled={!mayChange || order.isPending || isBroken}
      title={mayChange ? (isBroken ? t("break.hit") : title) : t("role.viewHint")}
      data-testid="break-order"
      onClick={() => {
        order.mutate();
      }}
    >
      <Zap aria-hidden="true" />
      {t(`break.order.${wish.kind}`)}
    </button>
  );
}

function Foretold({ blast, kind }: { blast: Blast; kind: FaultKind }) {
  const t = useT();
  const parts = partsOf(blast);
  return (
    <>
      <p
        className={styles.sentence}
        data-tone={parts.length === 0 ? "ok" : "bad"}
        data-testid="break-sentence"
        data-pods={blast.pods_on}
        data-unready={blast.unready}
      >
        {parts.length === 0
          ? t(`break.nothing.${kind === "registry" || kind === "dns" ? kind : "others"}`)
          : parts.map(({ part, n }) => t(`break.part.${part}`, { n })).join(" ")}
      </p>
      <Course blast={blast} kind={kind} />
      <Losses blast={blast} />
      <p className={controls.muted}>
        {t(blast.is_complete ? "break.horizon" : "break.horizonCut", { age: formatAge(blast.horizon_ms) })}
      </p>
    </>
  );
}

function Course({ blast, kind }: { blast: Blast; kind: FaultKind }) {
  const t = useT();
  return (
    <ol className={styles.course} aria-label={t("break.course")}>
      {blast.course.map((turn) => (
        <li key={turn.what} data-what={turn.what} data-testid="break-turn">
          <b>{turn.at_ms === 0 ? t("break.atOnce") : t("break.after", { age: formatAge(turn.at_ms) })}</b>
          <span>{turnText(t, turn, kind, blast.pods_on)}</span>
        </li>
      ))}
    </ol>
  );
}

function turnText(t: Translate, { what, n }: Turn, kind: FaultKind, pods: number): string {
  return what === "begins" ? t(`break.begins.${kind}`, { n: pods }) : t(`break.turn.${what}`, { n });
}
