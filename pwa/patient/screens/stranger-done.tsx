import { useStore } from "../../shared/store.ts";
import { Frame } from "../frame.tsx";
import { t } from "../i18n/t.ts";
import { outbox } from "../outbox.ts";
import { Waiting } from "../waiting.tsx";
import { Title } from "./title.tsx";

/** The page may be closed once the sender knows. */
export function StrangerDone({ id }: { id: string }) {
  const sending = useStore(outbox).get(id);
  if (sending && sending.state !== "stored") {
    return (
      <Frame>
        <Title key={sending.item.tries > 0 ? "waiting" : "sending"}>
          {sending.item.tries > 0 ? t("waiting_title") : t("sending")}
        </Title>
        <Waiting sending={sending} />
      </Frame>
    );
  }
  return (
    <Frame>
      <Title>{t("stranger_done")}</Title>
    </Frame>
  );
}
