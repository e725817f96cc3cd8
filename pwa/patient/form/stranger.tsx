import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { Title } from "../screens/title.tsx";

interface StrangerProps {
  onYes: () => void;
  onNo: () => void;
  busy?: boolean;
  error?: string | undefined;
}

/** Asked once more, because it ends the form; the words tell a stranger nothing. */
export function Stranger({ onYes, onNo, busy, error }: StrangerProps) {
  return (
    <>
      <Title>{t("stranger_title")}</Title>
      <p>{t("stranger_text")}</p>
      {error && (
        <p class="notice notice-danger" role="alert">
          {error}
        </p>
      )}
      <div class="stack">
        <Button kind="primary" big busy={busy ?? false} onClick={onYes} data-testid="not-me">
          {t("stranger_yes")}
        </Button>
        <Button big onClick={onNo}>
          {t("back")}
        </Button>
      </div>
    </>
  );
}
