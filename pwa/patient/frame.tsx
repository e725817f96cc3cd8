import type { ComponentChildren } from "preact";
import { currentLanguage } from "../shared/i18n/language.ts";
import { Button } from "../shared/ui/button.tsx";
import { sheetOpen } from "./help/help.ts";
import { t } from "./i18n/t.ts";
import { choose } from "./language.ts";

interface FrameProps {
  children: ComponentChildren;
  onBack?: (() => void) | undefined;
  /** Shows only a plain word for help, so that a glance at the screen tells nothing. */
  discreet?: boolean;
}

/** Every screen: help is always in reach at the top. */
export function Frame({ children, onBack, discreet }: FrameProps) {
  return (
    <>
      <header class="bar">
        {onBack ? (
          <Button kind="quiet" onClick={onBack} data-testid="back">
            <span aria-hidden="true">‹&nbsp;</span>
            {t("back")}
          </Button>
        ) : (
          <span class="bar-name">{discreet ? "" : t("app_name")}</span>
        )}
        <Button class={discreet ? "" : "help-button"} onClick={() => sheetOpen.set(true)} data-testid="help">
          {!discreet && <span class="bar-wide">{t("help_now")}</span>}
          <span class={discreet ? "" : "bar-narrow"}>{t("help_short")}</span>
        </Button>
      </header>
      <main>{children}</main>
    </>
  );
}

/** `onChoose`: after the page has changed over. */
export function LanguageSwitch({ onChoose }: { onChoose?: () => void }) {
  const other = currentLanguage() === "en" ? "es" : "en";
  return (
    <Button kind="quiet" lang={other} onClick={() => void choose(other).then(onChoose)} data-testid="language">
      {t("other_language")}
    </Button>
  );
}
