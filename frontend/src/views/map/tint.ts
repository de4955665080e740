/** The hue of each pod on the map, where it is not that of the status. */

import type { ClusterState } from "../../model/cluster.ts";
import { ageStep, type Colouring, NameHues, type NameColumn } from "../../model/colours.ts";
import type { Palette } from "./palette.ts";

export interface Tint {
  readonly inks: readonly string[];
  /** Changes when pods may have another hue though nothing happened to them. */
  readonly tick: number;
  /** The index of a pod's ink. */
  hueOf(state: ClusterState, slot: number): number;
}

/** undefined: by status. `now` in simulated milliseconds. */
export function tintBy(colouring: Colouring, palette: Palette, now: number): Tint | undefined {
  if (colouring === "status") return undefined;
  if (colouring !== "age") return nameTint(colouring, palette.hues);
  return {
    inks: palette.ages,
    tick: now,
    hueOf: ({ pods }, slot) => ageStep(now - (pods.created[slot] ?? 0)),
  };
}

function nameTint(column: NameColumn, inks: readonly string[]): Tint {
  const hues = new NameHues(inks.length);
  return { inks, tick: 0, hueOf: ({ pods, strings }, slot) => hues.of(strings, pods[column][slot] ?? 0) };
}
