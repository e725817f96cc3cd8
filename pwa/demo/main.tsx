import { render } from "preact";
import { currentLanguage, languages, setLanguage, supported, useLanguage } from "../shared/i18n/language.ts";
import { Clock } from "./clock.tsx";
import { Guide } from "./guide.tsx";
import { t } from "./i18n/t.ts";
import { Messages } from "./messages.tsx";
import "../shared/ui/base.css";
import "./demo.css";

const NAMES = { en: "English", es: "Español" } as const;

function Demo() {
  useLanguage();
  return (
    <main class="demo">
      <header>
        <h1>{t("title")}</h1>
        <p class="soft">{t("intro")}</p>
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
      </header>
      <div class="columns">
        <Messages />
        <div>
          <Clock />
          <Guide />
        </div>
      </div>
    </main>
  );
}

setLanguage(supported(navigator.language) ?? "en");
render(<Demo />, document.getElementById("app") as HTMLElement);
