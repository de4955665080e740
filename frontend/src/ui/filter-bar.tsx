import { Search, X } from "lucide-react";
import { useMemo } from "react";
import { useT } from "../i18n/index.ts";
import { namespacesOf } from "../model/filter.ts";
import controls from "./controls.module.css";
import styles from "./filter-bar.module.css";
import { useAddress, useChangeAddress } from "./location.ts";
import { useClusterEvery } from "./viewed.tsx";

/** Namespace and filter line; both live in the URL, so a filtered view can be sent. */
export function FilterBar({ placeholder }: { placeholder?: string }) {
  const t = useT();
  const { query, namespace } = useAddress();
  const change = useChangeAddress();
  const cluster = useClusterEvery(1000);
  const namespaces = useMemo(() => namespacesOf(cluster), [cluster]);
  const options =
    namespace === "" || namespaces.includes(namespace) ? namespaces : [...namespaces, namespace];
  return (
    <div className={styles.bar}>
      <select
        className={controls.input}
        aria-label={t("filter.namespace")}
        value={namespace}
        data-testid="namespace-select"
        onChange={(event) => {
          change({ namespace: event.target.value }, { replace: true });
        }}
      >
        <option value="">{t("filter.allNamespaces")}</option>
        {options.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
      <span className={styles.search}>
        <Search size={15} aria-hidden="true" />
        <input
          id="filter"
          type="text"
          className={controls.input}
          aria-label={t("filter.label")}
          placeholder={placeholder ?? t("filter.placeholder")}
          value={query}
          data-testid="filter-input"
          onChange={(event) => {
            change({ query: event.target.value }, { replace: true });
          }}
        />
        {query !== "" && (
          <button
            type="button"
            className={styles.clear}
            aria-label={t("filter.clear")}
            onClick={() => {
              change({ query: "" }, { replace: true });
            }}
          >
            <X size={15} />
          </button>
        )}
      </span>
    </div>
  );
}
