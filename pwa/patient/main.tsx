import { render } from "preact";
import { setLanguage, supported } from "../shared/i18n/language.ts";
import { t } from "./i18n/t.ts";
import "../shared/ui/base.css";

setLanguage(supported(navigator.language) ?? "en");
render(
  <main>
    <h1>{t("app_name")}</h1>
  </main>,
  document.getElementById("app") as HTMLElement,
);
