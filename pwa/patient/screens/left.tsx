import { Frame } from "../frame.tsx";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { open } from "../view.ts";
import { Title } from "./title.tsx";

/** Where "Leave" goes at once: a page that tells a glance nothing. What waits to be sent goes on being sent. */
export function Left() {
  return (
    <Frame discreet>
      <Title>{t("left_title")}</Title>
      <p>{t("left_text")}</p>
      <Button kind="quiet" onClick={() => open({ name: "home" })}>
        {t("left_back")}
      </Button>
    </Frame>
  );
}
