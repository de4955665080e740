/** The hue of each pod on the map, where it is not that of the status. */

import type { ClusterState } from "../../model/cluster.ts";
import { type Colouring, isScale, learnNames, type Hues, scaled, stepOf } from "../../model/colours.ts";
import type { Palette } from "./palette.ts";

export interface Tint {
  readonly inks: readonly string[];
  /** The index of a pod's ink. */
  hueOf(state: ClusterState, slot: number): number;
}

/** undefined: by status. `now` in simulated milliseconds. */
export function tintBy(colouring: Colouring, palette: Palette, now: number, hues: Hues): Tint | undefined {
  if (colouring === "status") return undefined;
  if (isScale(colouring)) {
    return {
      inks: palette.steps,
      hueOf: ({ pods }, slot) => stepOf(colouring, scaled(pods, slot, colouring, now)),
    };
  }
  return {
    inks: palette.hues,
    hueOf: (state, slot) => {
      if (!hues[colouring].knows(state.strings)) learnNames(hues, state, colouring);
      return hues[colouring].of(state.strings, state.pods[colouring][slot] ?? 0);
    },
  };
}
