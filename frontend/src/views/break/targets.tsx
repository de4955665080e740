import { useState } from "react";
import { Link } from "wouter";
import { useT } from "../../i18n/index.ts";
import { type Fault, type FaultKind, isHit, placeOf, type Target } from "../../model/faults.ts";
import controls from "../../ui/controls.module.css";
import { clusterUrl, useAddress } from "../../ui/location.ts";
import styles from "./break.module.css";

/** More than these have to be searched for. */
const MOST_SHOWN = 100;
const FEW = 12;

interface TargetsProps {
  readonly clusterId: string;
  readonly kind: FaultKind;
  readonly targets: readonly Target[];
  readonly chosen: Target | null;
  readonly faults: readonly Fault[];
}

/** What a fault of this kind can hit. */
export function Targets({ clusterId, kind, targets, chosen, faults }: TargetsProps) {
  const t = useT();
  const address = useAddress();
  const [text, setText] = useState("");
  const found = targets.filter((each) => each.name.includes(text.trim()));
  const left = found.length - MOST_SHOWN;
  return (
    <nav aria-label={t("break.targets")}>
      <h3 className={styles.heading}>{t("break.targets")}</h3>
      {targets.length > FEW && (
        <input
          className={styles.filter}
          type="search"
          value={text}
          placeholder={t("break.filter")}
          aria-label={t("break.filter")}
          data-testid="break-filter"
          onChange={(event) => {
            setText(event.target.value);
          }}
        />
      )}
      {targets.length === 0 && <p className={controls.muted}>{t(`break.none.${noneOf(kind)}`)}</p>}
      <ul className={styles.targets}>
        {found.slice(0, MOST_SHOWN).map((target) => (
          <li key={placeOf(target).join("/")}>
            <Link
              className={styles.target}
              href={clusterUrl(clusterId, "break", address, [kind, ...placeOf(target)])}
              aria-current={target === chosen ? "true" : undefined}
              data-testid="break-target"
              data-name={target.name}
            >
              <b>{target.name}</b>
              <span className={controls.muted}>
                {target.scope === "zone" && t("break.zone", { n: target.names.length })}
                {faults.some((fault) => isHit(fault, kind, target)) && t("break.hit")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {left > 0 && <p className={controls.muted}>{t("break.left", { n: left })}</p>}
    </nav>
  );
}

function noneOf(kind: FaultKind): "pods" | "nodes" | "hosts" {
  return kind === "crash" ? "pods" : kind === "registry" ? "hosts" : "nodes";
}
