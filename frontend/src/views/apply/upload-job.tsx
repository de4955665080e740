import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { cancelUpload, getUploadJob } from "../../api/clusters.ts";
import { useT } from "../../i18n/index.ts";
import controls from "../../ui/controls.module.css";
import { toast } from "../../ui/toasts.tsx";
import styles from "./apply-view.module.css";

/** What is over sooner needs no progress. */
const SILENT_MS = 300;
const POLL_MS = 250;

/** A name that nobody guesses, also where the page is not served over TLS. */
export function newJobName(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

/** How far a running upload is: phase, count and rate, and the way to call it off. */
export function UploadJob({ clusterId, job }: { clusterId: string; job: string }) {
  const t = useT();
  const isLate = useLate();
  const { data } = useQuery({
    queryKey: ["upload-job", clusterId, job],
    queryFn: () => getUploadJob(clusterId, job),
    enabled: isLate,
    refetchInterval: POLL_MS,
    retry: false,
    gcTime: 0,
  });
  if (!isLate) return null;
  const [done, total] = [data?.done ?? 0, data?.total ?? 0];
  return (
    <div className={styles.job} role="status" data-testid="upload-job" data-phase={data?.phase ?? "sending"}>
      <span>{t(`job.${data?.phase ?? "sending"}`)}</span>
      <progress aria-label={t("job.label")} {...(total > 0 && { max: total, value: done })} />
      {total > 0 && (
        <span className={controls.muted}>
          {t("job.count", { done, total, rate: Math.round(data?.rate ?? 0) })}
        </span>
      )}
      <button
        type="button"
        className={controls.button}
        data-testid="upload-cancel"
        onClick={() => {
          cancelUpload(clusterId, job).catch((error: unknown) => {
            toast("bad", error instanceof Error ? error.message : String(error));
          });
        }}
      >
        <X />
        {t("job.cancel")}
      </button>
    </div>
  );
}

function useLate(): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setLate(true);
    }, SILENT_MS);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return isLate;
}
