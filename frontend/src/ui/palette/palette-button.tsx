import { Search } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { useT } from "../../i18n/index.ts";
import { useKeys } from "../keys.ts";
import styles from "./palette-button.module.css";

const Palette = lazy(() => import("./palette.tsx"));

/** Opens the palette: by press, by Ctrl K from anywhere, by ":" for kinds. */
export function PaletteButton({ clusterId }: { clusterId: string }) {
  const t = useT();
  const [start, setStart] = useState<string | null>(null);
  useKeys({
    ":": () => {
      setStart(":");
    },
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setStart((open) => (open === null ? "" : null));
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  return (
    <>
      <button
        type="button"
        className={styles.button}
        data-testid="palette-button"
        onClick={() => {
          setStart("");
        }}
      >
        <Search size={15} aria-hidden="true" />
        <span className={styles.words}>{t("palette.button")}</span>
        <kbd>Ctrl K</kbd>
      </button>
      {start !== null && (
        <Suspense>
          <Palette
            clusterId={clusterId}
            start={start}
            onClose={() => {
              setStart(null);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
