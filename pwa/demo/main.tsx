import { render } from "preact";
import { setLanguage, supported, useLanguage } from "../shared/i18n/language.ts";
import { LanguageSwitch } from "../shared/ui/language-switch.tsx";
import { Clock } from "./clock.tsx";
import { Guide } from "./guide.tsx";
import { t } from "./i18n/t.ts";
import { Messages } from "./messages.tsx";
import "../shared/ui/base.css";
import "./demo.css";

function Demo() {
  useLanguage();
  return (
    <main class="demo">
      <header>
        <h1>{t("title")}</h1>
        <p class="soft">{t("intro")}</p>
        <LanguageSwitch />
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
