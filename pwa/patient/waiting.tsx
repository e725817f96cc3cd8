import { useEffect, useState } from "preact/hooks";
import { useStore } from "../shared/store.ts";
import { Button } from "../shared/ui/button.tsx";
import { known, numbersNow, toEmergency } from "./help/help.ts";
import { ClinicCall } from "./help/sheet.tsx";
import { t } from "./i18n/t.ts";
import { outbox, retryNow, type Sending } from "./outbox.ts";

/** A first try this quick needs no words about waiting. */
const quietMs = 1000;

/** Where an answer is that the clinic does not have yet. */
export function Waiting({ sending }: { sending: Sending }) {
  const numbers = numbersNow(useStore(known));
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), quietMs);
    return () => clearTimeout(timer);
  }, []);
  const failed = sending.tries > 0;
  if (sending.state === "refused") {
    return (
      <div class="stack" data-testid="unsent">
        <p class="notice notice-danger" role="alert">
          {t("refused")}
        </p>
        {numbers.clinic && <ClinicCall number={numbers.clinic} />}
      </div>
    );
  }
  return (
    <div class="stack" data-testid="unsent">
      <div role="status">
        {(slow || failed) && <p class="notice notice-contact">{t("waiting", { number: toEmergency(numbers) })}</p>}
        {sending.state === "signed_out" && <p class="notice notice-danger">{t("auth_text")}</p>}
        {failed && sending.state !== "signed_out" && <p class="soft">{t("waiting_auto")}</p>}
      </div>
      {failed && (
        <Button kind="primary" big busy={sending.state === "sending"} onClick={retryNow} data-testid="try-now">
          {t("waiting_now")}
        </Button>
      )}
    </div>
  );
}

/** On the start screen: the first answer that was meant to be sent and is not there yet. */
export function Unsent() {
  const sendings = [...useStore(outbox).values()];
  const waiting = sendings.find(({ request, state }) => state !== "stored" && request.renewOnConflict);
  return waiting ? <Waiting key={waiting.request.id} sending={waiting} /> : null;
}
