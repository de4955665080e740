import { useMutation } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { setClock } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import { formatClock } from "../../model/age.ts";
import controls from "../controls.module.css";
import { useSession, useSimulatedNow } from "../live.tsx";
import { toast } from "../toasts.tsx";
import styles from "./clock-control.module.css";

const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 60];

/** Simulated time: how late it is, how fast it goes, and a switch that stops it. */
export function ClockControl({ clusterId }: { clusterId: string }) {
  const t = useT();
  const clock = useSession((session) => session.clock);
  const mayChange = useSession((session) => session.role === "owner" || session.role === "operate");
  const change = useMutation({
    mutationFn: (wanted: { paused?: boolean; speed?: number }) => setClock(clusterId, wanted),
    onError: (error) => {
      toast("bad", t("clock.failed", { message: error.message }));
    },
  });
  const speeds = SPEEDS.includes(clock.speed) ? SPEEDS : [...SPEEDS, clock.speed].sort((a, b) => a - b);
  const label = clock.paused ? t("clock.resume") : t("clock.pause");
  return (
    <div className={styles.control}>
      <button
        type="button"
        className={controls.icon}
        aria-label={label}
        title={mayChange ? label : t("role.viewHint")}
        disabled={!mayChange || change.isPending}
        data-testid="clock-toggle"
        onClick={() => {
          change.mutate({ paused: !clock.paused });
        }}
      >
        {clock.paused ? <Play /> : <Pause />}
      </button>
      <span className={styles.clock} data-state={clock.paused ? "paused" : clock.state}>
        <select
          className={styles.speed}
          aria-label={t("clock.speed")}
          value={clock.speed}
          disabled={!mayChange}
          data-testid="clock-speed"
          onChange={(event) => {
            change.mutate({ speed: Number(event.target.value) });
          }}
        >
          {speeds.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </select>
        <ClockFace />
        {clock.paused && <span className={styles.word}>{t("clock.paused")}</span>}
        {!clock.paused && clock.state === "sleeping" && (
          <span className={styles.word}>{t("clock.sleeping")}</span>
        )}
      </span>
    </div>
  );
}

function ClockFace() {
  const now = useSimulatedNow(250);
  return (
    <time className={styles.face} data-testid="clock">
      t={formatClock(now)}
    </time>
  );
}
