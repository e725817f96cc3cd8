/** The language of this page: one value, watched by whoever shows words. */
import { createStore, useStore } from "../store.ts";

export const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];

const store = createStore<Language>("en");

export function currentLanguage(): Language {
  return store.get();
}

export function setLanguage(language: Language): void {
  document.documentElement.lang = language;
  store.set(language);
}

/** The language to use for a tag such as `es-MX`, if we speak it. */
export function supported(tag: string | null | undefined): Language | undefined {
  const base = tag?.slice(0, 2).toLowerCase();
  return languages.find((language) => language === base);
}

/** Renders the calling component again when the language changes. */
export function useLanguage(): Language {
  return useStore(store);
}
