import { currentLanguage, languages, setLanguage, type Language } from "../i18n/language.ts";

const NAMES = { en: "English", es: "Español" } as const;

/** The other language, by its own name. `onChoose`: keeps the choice. */
export function LanguageSwitch({ onChoose }: { onChoose?: (language: Language) => void }) {
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
            onClick={() => {
              setLanguage(language);
              onChoose?.(language);
            }}
          >
            {NAMES[language]}
          </button>
        ))}
    </div>
  );
}
