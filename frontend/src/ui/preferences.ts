/** What this browser remembers about the page itself. Nothing here belongs to a cluster. */

import { create } from "zustand";
import type { Zoom } from "../model/geometry.ts";
import { remember, remembered } from "./storage.ts";

export type Theme = "light" | "dark";
export type Language = "en" | "ko";
export type MapPitch = Zoom | "fit";

interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  readonly mapPitch: MapPitch;
  /** The map's twin for those who can't see a canvas. */
  readonly mapAsTable: boolean;
  readonly plainEditor: boolean;
  readonly change: (change: Partial<Omit<Preferences, "change">>) => void;
}

const KEY = "clusterlab.preferences";

function defaults(): Omit<Preferences, "change"> {
  return {
    theme: matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light",
    language: navigator.language.startsWith("ko") ? "ko" : "en",
    mapPitch: "fit",
    mapAsTable: false,
    plainEditor: false,
  };
}

export const usePreferences = create<Preferences>((set, get) => ({
  ...defaults(),
  ...remembered<Partial<Preferences>>(KEY, {}),
  change: (change) => {
    set(change);
    const { change: _, ...kept } = get();
    remember(KEY, kept);
  },
}));
