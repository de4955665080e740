/** The page's language: English is built in, Korean arrives when it is chosen. */

import { useCallback } from "react";
import { create } from "zustand";
import { type Language, usePreferences } from "../ui/preferences.ts";
import { en, type MessageKey } from "./en.ts";
import { formatMessage, type Values } from "./format.ts";
import type { ExampleText } from "./ko/examples.ts";

export type { MessageKey };
export type Catalog = Readonly<Record<MessageKey, string>>;
export type Translate = (key: MessageKey, values?: Values) => string;

type ExampleTexts = Readonly<Record<string, ExampleText>>;

interface Spoken {
  readonly language: Language;
  readonly catalog: Catalog;
  readonly examples: ExampleTexts;
}

/** The server tells the examples in English. */
const ENGLISH: Spoken = { language: "en", catalog: en, examples: {} };

const useSpoken = create<Spoken>(() => ENGLISH);

async function spoken(language: Language): Promise<Spoken> {
  if (language === "en") return ENGLISH;
  const { ko, examples } = await import("./ko.ts");
  return { language, catalog: ko, examples };
}

async function speak(language: Language): Promise<void> {
  const found = await spoken(language);
  if (usePreferences.getState().language !== language) return;
  useSpoken.setState(found);
  document.documentElement.lang = language;
}

/** Loads the preferred language and follows it from then on. */
export async function startLanguage(): Promise<void> {
  usePreferences.subscribe((now, before) => {
    if (now.language !== before.language) void speak(now.language);
  });
  await speak(usePreferences.getState().language);
}

export function useExampleTexts(): ExampleTexts {
  return useSpoken((now) => now.examples);
}

export function useLanguage(): Language {
  return useSpoken((now) => now.language);
}

/** A word that no catalog has, as a newer server may say one, is shown as it is. */
export function useT(): Translate {
  const { language, catalog } = useSpoken();
  return useCallback(
    (key, values = {}) => formatMessage(Object.hasOwn(catalog, key) ? catalog[key] : key, values, language),
    [catalog, language],
  );
}
