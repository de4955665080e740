import { type FieldChange, formatFieldValue } from "../model/fields.ts";
import styles from "./field-changes.module.css";

/** Changed fields the way a diff shows them: the old value struck, the new one below. */
export function FieldChanges({ fields }: { fields: readonly FieldChange[] }) {
  return (
    <ul className={styles.fields} data-testid="field-changes">
      {fields.map(({ path, old, new: now }) => (
        <li key={path}>
          <div className={styles.path}>{path}</div>
          {old !== undefined && old !== null && (
            <del className={styles.old}>
              <span aria-hidden="true">− </span>
              {formatFieldValue(old)}
            </del>
          )}
          {now !== undefined && now !== null && (
            <ins className={styles.new}>
              <span aria-hidden="true">+ </span>
              {formatFieldValue(now)}
            </ins>
          )}
        </li>
      ))}
    </ul>
  );
}
