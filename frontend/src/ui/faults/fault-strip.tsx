import { X, Zap } from "lucide-react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import { formatAge } from "../../model/age.ts";
import { type Fault, placeOf, remaining, shortList } from "../../model/faults.ts";
import controls from "../controls.module.css";
import { clusterUrl, useAddress } from "../location.ts";
import { RevLink } from "../view-frame.tsx";
import { useMayChange, useViewedNow } from "../viewed.tsx";
import styles from "./fault-strip.module.css";
import { useFaults, useRemoveFault } from "./use-faults.ts";

/** Over every view: what is broken, for how long still, and the way to mend it. */
export function FaultStrip({ clusterId }: { clusterId: string }) {
  const t = useT();
  const faults = useFaults(clusterId);
  if (faults.length === 0) return null;
  return (
    <ul className={styles.strip} aria-label={t("faults.active")} data-testid="fault-strip">
      {faults.map((fault) => (
        <Item key={fault.id} clusterId={clusterId} fault={fault} />
      ))}
    </ul>
  );
}

function Item({ clusterId, fault }: { clusterId: string; fault: Fault }) {
  const t = useT();
  const address = useAddress();
  const mayChange = useMayChange();
  const remove = useRemoveFault(clusterId);
  const left = remaining(fault, useViewedNow(250));
  const { names, more } = shortList(fault.targets);
  const what = t(`faults.is.${fault.kind}`, {
    names: more > 0 ? t("faults.more", { names, n: more }) : names,
  });
  const [first] = fault.targets;
  const scope = fault.kind === "registry" ? "host" : "node";
  const place =
    first === undefined || fault.targets.length > 1 ? [] : placeOf({ scope, name: first, names: [first] });
  return (
    <li className={styles.fault} data-testid="fault" data-kind={fault.kind} data-left={left ?? ""}>
      <Zap size={15} aria-hidden="true" />
      <Link href={clusterUrl(clusterId, "break", address, [fault.kind, ...place])} className={styles.what}>
        {what}
      </Link>
      <span className={styles.left}>
        {left === null ? t("faults.untilRemoved") : t("faults.left", { age: formatAge(left + 999) })}
      </span>
      <RevLink rev={fault.rev} />
      {fault.author !== "" && (
        <span className={controls.muted}>{t("time.by", { author: fault.author })}</span>
      )}
      <button
        type="button"
        className={styles.remove}
        aria-label={t("faults.removeNamed", { what })}
        title={t("faults.remove")}
        disabled={!mayChange || remove.isPending}
        data-testid="fault-remove"
        onClick={() => {
          remove.mutate(fault);
        }}
      >
        <X aria-hidden="true" />
      </button>
    </li>
  );
}
