import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { Title } from "../screens/title.tsx";

/** Asked once more, because it ends the form; the words tell a stranger nothing. */
export function Stranger({ onYes, onNo }: { onYes: () => void; onNo: () => void }) {
  return (
    <>
      <Title>{t("stranger_title")}</Title>
      <p>{t("stranger_text")}</p>
      <div class="stack">
        <Button kind="primary" big onClick={onYes} data-testid="not-me">
          {t("stranger_yes")}
        </Button>
        <Button big onClick={onNo}>
          {t("back")}
        </Button>
      </div>
    </>
  );
}
