/** Keys of the page: off while somebody types. */

import { useEffect, useRef } from "react";

/** "unused" leaves the key to the browser. */
type Act = (event: KeyboardEvent) => unknown;

/** How long a first key waits for its second. */
const CHORD_MS = 1200;

/** Runs what `keys` has for a key as KeyboardEvent.key spells it, or for two in a row: "g m". */
export function useKeys(keys: Readonly<Record<string, Act>>): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    let first = { key: "", until: 0 };
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const chord = event.timeStamp < first.until ? `${first.key} ${event.key}` : event.key;
      const pressed = Object.hasOwn(latest.current, chord) ? chord : event.key;
      first = {
        key: event.key,
        until: pressed === chord && chord.length > 1 ? 0 : event.timeStamp + CHORD_MS,
      };
      const act = Object.hasOwn(latest.current, pressed) ? latest.current[pressed] : undefined;
      if (act !== undefined && act(event) !== "unused") event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}

export function isTyping({ target }: Pick<KeyboardEvent, "target">): boolean {
  if (!(target instanceof Element)) return false;
  return target.shadowRoot !== null || target.closest("input, textarea, select, dialog") !== null;
}

export function isOnControl({ target }: Pick<KeyboardEvent, "target">): boolean {
  return (
    target instanceof Element && target.closest("button, a, summary, [role=tab], [role=slider]") !== null
  );
}
