/** The page's language: English is built in, Korean arrives when it is chosen. */

import { useCallback } from "react";
import { create } from "zustand";
import { type Language, usePreferences } from "../ui/preferences.ts";
import { en, type MessageKey } from "./en.ts";
import { formatMessage, type Values } from "./format.ts";

export type { MessageKey };
export type Catalog = Readonly<Record<MessageKey, string>>;
export type Translate = (key: MessageKey, values?: Values) => string;

interface Spoken {
  readonly language: Language;
  readonly catalog: Catalog;
}

const useSpoken = create<Spoken>(() => ({ language: "en", catalog: en }));

async function speak(language: Language): Promise<void> {
  const catalog = language === "ko" ? (await import("./ko.ts")).ko : en;
  if (usePreferences.getState().language !== language) return;
  useSpoken.setState({ language, catalog });
  document.documentElement.lang = language;
}

/** Loads the preferred language and follows it from then on. */
export async function startLanguage(): Promise<void> {
  usePreferences.subscribe((now, before) => {
    if (now.language !== before.language) void speak(now.language);
  });
  await speak(usePreferences.getState().language);
}

export function useLanguage(): Language {
  return useSpoken((spoken) => spoken.language);
}

export function useT(): Translate {
  const { language, catalog } = useSpoken();
  return useCallback(
    (key, values = {}) => formatMessage(catalog[key], values, language),
    [catalog, language],
  );
}
