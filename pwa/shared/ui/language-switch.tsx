import { currentLanguage, languages, setLanguage } from "../i18n/language.ts";

const NAMES = { en: "English", es: "Español" } as const;

/** The other language, by its own name. */
export function LanguageSwitch() {
  return (
    <div class="languages">
      {languages
        .filter((language) => language !== currentLanguage())
        .map((language) => (
          <button
            type="button"
            class="button button-quiet"
            lang={language}
            key={language}
            onClick={() => setLanguage(language)}
          >
            {NAMES[language]}
          </button>
        ))}
    </div>
  );
}
