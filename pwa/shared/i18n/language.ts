/** The language of this page: one value, watched by whoever shows words. */
import { useEffect, useState } from "preact/hooks";

export const languages = ["en", "es"] as const;
export type Language = (typeof languages)[number];

const listeners = new Set<() => void>();
let current: Language = "en";

export function currentLanguage(): Language {
  return current;
}

export function setLanguage(language: Language): void {
  current = language;
  document.documentElement.lang = language;
  for (const listener of listeners) listener();
}

/** The language to use for a tag such as `es-MX`, if we speak it. */
export function supported(tag: string | null | undefined): Language | undefined {
  const base = tag?.slice(0, 2).toLowerCase();
  return languages.find((language) => language === base);
}

/** Renders the calling component again when the language changes. */
export function useLanguage(): Language {
  const [language, set] = useState(current);
  useEffect(() => {
    const listener = () => set(current);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return language;
}
