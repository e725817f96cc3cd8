import { useEffect, useState } from "preact/hooks";
import { formatTime } from "../shared/i18n/format.ts";
import { useStore } from "../shared/store.ts";
import { Button } from "../shared/ui/button.tsx";
import { holding } from "./hands.ts";
import { known, numbersNow, toEmergency } from "./help/help.ts";
import { ClinicCall } from "./help/sheet.tsx";
import { isDurable } from "../outbox/db.ts";
import { AdviceList } from "./advice.tsx";
import { t } from "./i18n/t.ts";
import { drop, outbox, retryNow, sendsWhenClosed, type Sending } from "./outbox.ts";
import type { Stored } from "./types.ts";

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
  const failed = sending.item.tries > 0;
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
        {failed && sending.state !== "signed_out" && <p class="soft">{t(autoText())}</p>}
      </div>
      {failed && (
        <Button kind="primary" big busy={sending.state === "sending"} onClick={retryNow} data-testid="try-now">
          {t("waiting_now")}
        </Button>
      )}
    </div>
  );
}

/** On the start screen: the first answer that is not there yet, and those that arrived when nobody looked. Of what
    somebody else left on a shared phone only that it is there. */
export function Unsent() {
  const holder = useStore(holding);
  const all = [...useStore(outbox).values()].filter(({ item }) => item.part === "whole");
  const whole = all.filter(({ item }) => item.owner === holder);
  const waiting = whole.find(({ state }) => state !== "stored");
  const others = all.some(({ item, state }) => item.owner !== holder && state !== "stored" && state !== "refused");
  return (
    <>
      {whole.filter(({ state }) => state === "stored").map((one) => <Arrived key={one.item.id} sending={one} />)}
      {waiting && <Waiting key={waiting.item.id} sending={waiting} />}
      {others && (
        <p class="notice" data-testid="of-another">
          {t("waiting_other")}
        </p>
      )}
    </>
  );
}

/** It went out by itself: when, and what the clinic said back, until somebody has read it. */
function Arrived({ sending: { item, data } }: { sending: Sending }) {
  return (
    <section class="card stack" data-testid="arrived">
      <h2>{t("sent", { time: formatTime(item.storedAt ?? item.createdAt) })}</h2>
      <AdviceList advice={(data as Stored | undefined)?.advice ?? []} />
      <Button big onClick={() => drop(item.id)}>
        {t("read")}
      </Button>
    </section>
  );
}

function autoText() {
  if (!isDurable()) return "waiting_auto";
  return sendsWhenClosed() ? "waiting_closed" : "waiting_open";
}
