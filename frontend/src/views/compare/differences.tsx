import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Link } from "wouter";
import { getObjectAt, type Sides } from "../../api/history.ts";
import { useT } from "../../i18n/index.ts";
import {
  type Comparison,
  type DifferenceRow,
  fieldsInOrder,
  orderedKinds,
  rowsOf,
  selectionOf,
} from "../../model/compare.ts";
import controls from "../../ui/controls.module.css";
import { FieldChanges } from "../../ui/field-changes.tsx";
import { YamlText } from "../../ui/inspector/yaml-text.tsx";
import { objectUrl, useAddress, useChangeAddress } from "../../ui/location.ts";
import { Waiting } from "../../ui/view-frame.tsx";
import styles from "./compare.module.css";

const MOST_SHOWN = 500;
const SIGNS = { added: "+", removed: "−", changed: "~" } as const;

/** By kind, then the objects, then one of them field by field. */
export function Differences({ sides, told }: { sides: Sides; told: Comparison }) {
  const t = useT();
  const { from: resource, to: key, query } = useAddress();
  const rows = useMemo(() => rowsOf(told, resource, query), [told, resource, query]);
  const shown = rows.find((row) => row.key === key) ?? rows[0];
  return (
    <div className={styles.columns}>
      <div>
        <Kinds told={told} />
        <Filter />
        {rows.length === 0 && <p className={controls.muted}>{t("compare.noneMatch")}</p>}
        <ul className={styles.list} data-testid="compare-list">
          {rows.slice(0, MOST_SHOWN).map((row) => (
            <Item key={row.key} row={row} isShown={row === shown} />
          ))}
        </ul>
      </div>
      {shown && <Detail key={shown.key} row={shown} sides={sides} told={told} />}
    </div>
  );
}

function Kinds({ told }: { told: Comparison }) {
  const t = useT();
  const { from: resource } = useAddress();
  const change = useChangeAddress();
  const choose = (wanted: string) => () => {
    change({ from: wanted === resource ? "" : wanted, to: "" }, { replace: true });
  };
  return (
    <div className={styles.kinds} role="group" aria-label={t("compare.byKind")}>
      {orderedKinds(told.kinds).map(({ kind, resource: each, added, removed, changed }) => (
        <button
          key={each}
          type="button"
          className={styles.kind}
          aria-pressed={each === resource}
          data-testid="compare-kind"
          data-kind={kind}
          onClick={choose(each)}
        >
          {kind}
          {removed > 0 && <span className={controls.toneBad}>−{removed}</span>}
          {added > 0 && <span className={controls.toneOk}>+{added}</span>}
          {changed > 0 && <span className={controls.toneWait}>~{changed}</span>}
        </button>
      ))}
    </div>
  );
}

function Filter() {
  const t = useT();
  const { query } = useAddress();
  const change = useChangeAddress();
  return (
    <input
      id="filter"
      className={styles.filter}
      type="search"
      value={query}
      placeholder={t("compare.filter")}
      aria-label={t("compare.filter")}
      onChange={(event) => {
        change({ query: event.target.value }, { replace: true });
      }}
    />
  );
}

function Item({ row, isShown }: { row: DifferenceRow; isShown: boolean }) {
  const t = useT();
  const change = useChangeAddress();
  const { key, side, resource, namespace, name } = row;
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        aria-current={isShown ? "true" : undefined}
        data-testid="compare-row"
        data-side={side}
        data-key={key}
        onClick={() => {
          change({ to: key }, { replace: true });
        }}
      >
        <span className={styles.sign} data-side={side} aria-hidden="true">
          {SIGNS[side]}
        </span>
        <span className={controls.hidden}>{t(`compare.${side}`)}</span>
        <b>{name}</b>
        <span className={controls.muted}>
          {[resource.split(".")[0], namespace].filter(Boolean).join(" · ")}
        </span>
      </button>
    </li>
  );
}

interface DetailProps {
  readonly row: DifferenceRow;
  readonly sides: Sides;
  readonly told: Comparison;
}

function Detail({ row, sides, told }: DetailProps) {
  const t = useT();
  const selection = selectionOf(row);
  const { side, key, fields } = row;
  return (
    <section className={styles.detail} aria-label={key} data-testid="compare-detail">
      <h3>
        {row.name} <small>{t(`compare.${side}`)}</small>
      </h3>
      <p className={controls.row}>
        {side !== "added" && (
          <Link className={controls.button} href={objectUrl(sides.left, selection, { rev: told.rev })}>
            {t("compare.openLeft")}
          </Link>
        )}
        {side !== "removed" && (
          <Link className={controls.button} href={objectUrl(sides.right, selection, { rev: sides.rightRev })}>
            {t("compare.openRight")}
          </Link>
        )}
      </p>
      {side === "changed" ? (
        <FieldChanges fields={fieldsInOrder(fields)} />
      ) : (
        <Whole
          cluster={side === "added" ? sides.right : sides.left}
          path={key}
          rev={side === "added" ? told.with_rev : told.rev}
        />
      )}
    </section>
  );
}

/** What only one side has. */
function Whole({ cluster, path, rev }: { cluster: string; path: string; rev: number }) {
  const query = useQuery({
    queryKey: ["object-at", cluster, path, rev],
    queryFn: () => getObjectAt(cluster, path, rev),
    staleTime: Infinity,
    retry: false,
  });
  if (query.data === undefined) return <Waiting query={query} />;
  return query.data.object && <YamlText object={query.data.object} />;
}
