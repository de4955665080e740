import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { getWhy, type Reason } from "../../api/analysis.ts";
import { getDiff, listObjectHistory, type ObjectRevision } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import type { Selection } from "../../model/address.ts";
import { formatClock } from "../../model/age.ts";
import { historyPath } from "../../model/kinds.ts";
import { actorName, withoutMarks } from "../../model/people.ts";
import controls from "../controls.module.css";
import { FieldChanges } from "../field-changes.tsx";
import { clusterUrl, useAddress, useChangeAddress } from "../location.ts";
import { RevLink, Waiting } from "../view-frame.tsx";
import { useViewed } from "../viewed.tsx";
import styles from "./inspector.module.css";

interface TabProps {
  readonly clusterId: string;
  readonly selection: Selection;
  /** The object's resourceVersion: what is asked for again when it changes. */
  readonly version: string;
}

/** Every kept revision of the object, and what the one on screen changed. */
export function DiffTab({ clusterId, selection, version }: TabProps) {
  const t = useT();
  const path = historyPath(selection);
  const { rev } = useViewed();
  const query = useQuery({
    queryKey: ["object-history", clusterId, path, rev === null ? version : ""],
    queryFn: () => listObjectHistory(clusterId, path),
    placeholderData: (previous, before) => (before?.queryKey[2] === path ? previous : undefined),
    retry: false,
  });
  const revisions = query.data;
  if (revisions === undefined) return <Waiting query={query} />;
  const index = revisions.findIndex((each) => rev === null || each.rev <= rev);
  const shown = revisions[index];
  if (shown === undefined) return <p className={controls.muted}>{t("inspector.noHistory")}</p>;
  return (
    <>
      <Changes
        clusterId={clusterId}
        path={path}
        shown={shown}
        before={revisions[index + 1]}
        all={revisions}
      />
      <Revisions clusterId={clusterId} revisions={revisions} shown={shown} />
    </>
  );
}

interface ChangesProps {
  readonly clusterId: string;
  readonly path: string;
  readonly shown: ObjectRevision;
  readonly before: ObjectRevision | undefined;
  readonly all: readonly ObjectRevision[];
}

function Changes({ clusterId, path, shown, before, all }: ChangesProps) {
  const t = useT();
  const { compare } = useAddress();
  const change = useChangeAddress();
  const from = compare ?? before?.rev ?? shown.rev - 1;
  const query = useQuery({
    queryKey: ["diff", clusterId, path, from, shown.rev],
    queryFn: () => getDiff(clusterId, from, shown.rev, path),
    staleTime: Infinity,
    retry: false,
  });
  const fields = query.data?.changed[0]?.fields ?? [];
  return (
    <section data-testid="inspector-diff">
      <h3>
        {compare === null
          ? t("inspector.changedHere", { rev: shown.rev })
          : t("inspector.comparedWith", { rev: shown.rev, compare })}
      </h3>
      <label className={controls.row}>
        <span className={controls.muted}>{t("inspector.compare")}</span>
        <select
          className={controls.input}
          value={compare ?? ""}
          onChange={(event) => {
            change({ compare: event.target.value === "" ? null : Number(event.target.value) });
          }}
        >
          <option value="">{t("inspector.before")}</option>
          {compare !== null && all.every((each) => each.rev !== compare) && (
            <option value={compare}>{t("time.rev", { rev: compare })}</option>
          )}
          {all.map((each) => (
            <option key={each.rev} value={each.rev}>
              {t("time.rev", { rev: each.rev })}
            </option>
          ))}
        </select>
      </label>
      {query.data === undefined && <Waiting query={query} />}
      {query.data && fields.length === 0 && (
        <p className={controls.muted}>
          {shown.change === "changed" ? t("inspector.nothingChanged") : t(`diff.${shown.change}`)}
        </p>
      )}
      <FieldChanges fields={fields} />
    </section>
  );
}

interface RevisionsProps {
  readonly clusterId: string;
  readonly revisions: readonly ObjectRevision[];
  readonly shown: ObjectRevision;
}

function Revisions({ clusterId, revisions, shown }: RevisionsProps) {
  const t = useT();
  return (
    <section>
      <h3>{t("inspector.revisions")}</h3>
      <ol className={styles.list}>
        {revisions.map(({ rev, at, actor, author, change, fields }) => (
          <li key={rev} aria-current={rev === shown.rev || undefined} data-testid="object-revision">
            <div className={controls.row}>
              <RevLink rev={rev} />
              <b>{t(`diff.${change}`)}</b>
              <span className={controls.spacer} />
              <Link className={controls.muted} href={clusterUrl(clusterId, "trace", {}, [String(rev)])}>
                {t("inspector.chain")}
              </Link>
              <span className={controls.muted}>t={formatClock(at)}</span>
            </div>
            <div className={controls.muted}>
              {author ?? actorName(actor)}
              {fields.length > 0 && `: ${fields.join(", ")}`}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Why it is as it is, exists, and stands where it does: sentences with the revisions that prove them. */
export function WhyTab({ clusterId, selection, version }: TabProps) {
  const t = useT();
  const path = historyPath(selection);
  const { rev } = useViewed();
  const query = useQuery({
    queryKey: ["why", clusterId, path, rev ?? version],
    queryFn: () => getWhy(clusterId, path, rev),
    placeholderData: (previous, before) => (before?.queryKey[2] === path ? previous : undefined),
    retry: false,
  });
  const why = query.data;
  if (why === undefined) return <Waiting query={query} />;
  return (
    <>
      <Because title={t("inspector.whyReady")} reason={why} tone={why.state} />
      {why.exists && <Because title={t("inspector.whyExists")} reason={why.exists} />}
      {why.here && <Because title={t("inspector.whyHere")} reason={why.here} />}
      <div className={controls.row}>
        {selection.kind === "pod" && (
          <Link
            className={controls.button}
            href={clusterUrl(clusterId, "sched", { selection }, [selection.namespace, selection.name])}
          >
            {t("view.sched")}
          </Link>
        )}
        <Link className={controls.button} href={clusterUrl(clusterId, "trace", { selection, rev })}>
          {t("inspector.chain")}
        </Link>
      </div>
    </>
  );
}

function Because({ title, reason, tone }: { title: string; reason: Reason; tone?: string }) {
  const [all, setAll] = useState(false);
  const proofs = all ? reason.proofs : reason.proofs.slice(0, 5);
  return (
    <section data-testid="why-reason">
      <h3>{title}</h3>
      <p className={styles.diagnosis} data-tone={tone}>
        {withoutMarks(reason.sentence)}
      </p>
      <ul className={styles.proofs}>
        {proofs.map((proof) => (
          <li key={`${String(proof.rev)} ${proof.text}`}>
            <RevLink rev={proof.rev} /> {withoutMarks(proof.text)}
          </li>
        ))}
      </ul>
      {reason.proofs.length > proofs.length && (
        <button
          type="button"
          className={controls.quiet}
          onClick={() => {
            setAll(true);
          }}
        >
          +{reason.proofs.length - proofs.length}
        </button>
      )}
    </section>
  );
}
