/** What a dangerous answer shows at once. Everything here works without network. */
import type { ComponentChildren } from "preact";
import { useStore } from "../../shared/store.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { known, numbersNow, toEmergency, type Numbers } from "../help/help.ts";
import { ClinicCall, CountryChoice, CrisisCalls, EmergencyCall } from "../help/sheet.tsx";
import { t } from "../i18n/t.ts";
import { outbox } from "../outbox.ts";
import type { Act, Stored } from "../types.ts";
import { ZoneNote } from "../zone-note.tsx";
import type { Pinned } from "./draft.ts";

interface ActCardProps {
  act: Exclude<Act, "help">;
  /** The sending of this answer, when it travels at once. */
  sending: string | undefined;
  onContinue: () => void;
}

export function ActCard({ act, sending, onContinue }: ActCardProps) {
  const numbers = numbersNow(useStore(known));
  return (
    <Dialog
      title={title(act, numbers)}
      closeLabel={t("go_on")}
      onClose={onContinue}
      full
      alert
      closeButton={false}
      testid={`card-${act}`}
    >
      <Body act={act} numbers={numbers} />
      {sending && <SignalState id={sending} />}
      <Button big onClick={onContinue} data-testid="continue">
        {t("go_on")}
      </Button>
    </Dialog>
  );
}

function title(act: ActCardProps["act"], numbers: Numbers): string {
  if (act === "emergency") return t("emergency_title", { number: toEmergency(numbers) });
  return act === "crisis" ? t("crisis_title") : t("driving_title");
}

function Body({ act, numbers }: { act: ActCardProps["act"]; numbers: Numbers }): ComponentChildren {
  if (act === "emergency") {
    return (
      <>
        <p>{t("emergency_text")}</p>
        {numbers.emergency ? <EmergencyCall number={numbers.emergency} /> : <CountryChoice country={numbers.country} />}
      </>
    );
  }
  if (act === "crisis") {
    return (
      <>
        <p class="strong">{t("crisis_text")}</p>
        <CrisisCalls lines={numbers.crisis} />
        <EmergencyCall number={numbers.emergency} />
        {numbers.clinic && <ClinicCall number={numbers.clinic} />}
      </>
    );
  }
  return (
    <>
      <p>{t("driving_text")}</p>
      {numbers.clinic && <ClinicCall number={numbers.clinic} />}
      <EmergencyCall number={numbers.emergency} />
    </>
  );
}

/** Says honestly whether the clinic has this answer. The last advice tells who was called; the card has the rest. */
function SignalState({ id }: { id: string }) {
  const sending = useStore(outbox).get(id);
  const stored = sending?.state === "stored";
  const told = stored ? ((sending.data as Stored).advice.at(-1)?.text ?? "") : "";
  return (
    <div role="status" class="soft signal-state">
      <p>{stored ? t("signal_sent") : t("signal_waiting")}</p>
      {told && <p>{told}</p>}
      <ZoneNote text={told} />
    </div>
  );
}

/** Stays on screen once somebody needed help. */
export function PinnedHelp({ kind }: { kind: Pinned }) {
  const numbers = numbersNow(useStore(known));
  return (
    <aside class="card pinned" aria-label={t("pinned_title")} data-testid="pinned-help">
      {kind === "mind" && <CrisisCalls lines={numbers.crisis.slice(0, 1)} />}
      <EmergencyCall number={numbers.emergency} />
      {kind === "body" && numbers.clinic && <ClinicCall number={numbers.clinic} />}
    </aside>
  );
}
