import { Frame } from "../frame.tsx";
import { t } from "../i18n/t.ts";
import { Title } from "./title.tsx";

export function StrangerDone() {
  return (
    <Frame>
      <Title>{t("stranger_done")}</Title>
    </Frame>
  );
}
