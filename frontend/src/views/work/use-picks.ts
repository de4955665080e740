import { useState } from "react";
import { keyOf, type Target } from "../../model/actions.ts";
import { drop, NO_PICKS, pick, pickAll, pickTo } from "../../model/picks.ts";

export interface Picking {
  readonly targets: readonly Target[];
  readonly isPicked: (target: Target) => boolean;
  /** `isRange`: all rows from the last picked one to this one. */
  readonly pick: (index: number, isRange: boolean) => void;
  readonly pickAll: () => void;
  readonly clear: () => void;
  readonly drop: (done: readonly Target[]) => void;
}

/** The picked rows of a list with `count` rows. */
export function usePicks(count: number, at: (index: number) => Target | null): Picking {
  const [picks, setPicks] = useState(NO_PICKS);
  return {
    targets: [...picks.targets.values()],
    isPicked: (target) => picks.targets.has(keyOf(target)),
    pick: (index, isRange) => {
      const target = at(index);
      if (isRange) setPicks(pickTo(picks, index, count, at));
      else if (target !== null) setPicks(pick(picks, target));
    },
    pickAll: () => {
      setPicks(pickAll(picks, count, at));
    },
    clear: () => {
      setPicks(NO_PICKS);
    },
    drop: (done) => {
      setPicks((now) => drop(now, done));
    },
  };
}
