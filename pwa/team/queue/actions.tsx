import { useRef, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { mayAct, useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { toInstant } from "../time/zone.ts";
import type { Alert } from "../types.ts";
import { act, clearNotice, type Verb } from "./act.ts";
import { CloseDialog } from "./closeDialog.tsx";
import { FollowUpDialog } from "./followUp.tsx";

/** After a call that nobody picked up, the next try is due in this time. */
const NO_ANSWER_MS = 15 * 60_000;

export function AlertActions({ alert }: { alert: Alert }) {
  const me = useMe();
  const row = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState<string>("");
  const [dialog, setDialog] = useState<"" | "close" | "follow-up">("");
  const open = (name: typeof dialog): void => {
    clearNotice(alert.id);
    setDialog(name);
  };
  if (!mayAct(me) || alert.state === "closed") return null;
  const doIt = async (verb: Verb, body: object = {}, name: string = verb): Promise<void> => {
    setBusy(name);
    await act(alert, verb, body, me.clinic.time_zone);
    setBusy("");
    requestAnimationFrame(() => keepFocus(row.current));
  };
  const noAnswer = (): Promise<void> =>
    doIt("follow-up", { note: t("no_answer_note"), review_at: toInstant(careNow() + NO_ANSWER_MS) }, "no-answer");
  const button = (
    name: string,
    label: string,
    run: () => Promise<void>,
    kind: "primary" | "secondary" = "secondary",
  ) => (
    <Button kind={kind} busy={busy === name} disabled={busy !== ""} onClick={() => void run()}>
      {label}
    </Button>
  );
  return (
    <div class="actions" ref={row}>
      {alert.state === "open" ? (
        button("acknowledge", t("acknowledge"), () => doIt("acknowledge"), "primary")
      ) : (
        <>
          {!alert.reached_at &&
            button("reached", t("reached"), () => doIt("follow-up", { reached: true }, "reached"), "primary")}
          {!alert.reached_at && button("no-answer", t("no_answer_call"), noAnswer)}
          <Button onClick={() => open("follow-up")}>{t("follow_up")}</Button>
        </>
      )}
      {button("escalate", t("pass_on"), () => doIt("escalate"))}
      <Button onClick={() => open("close")}>{t("close_alert")}</Button>
      {dialog === "close" && <CloseDialog alert={alert} onDone={() => setDialog("")} />}
      {dialog === "follow-up" && <FollowUpDialog alert={alert} onDone={() => setDialog("")} />}
    </div>
  );
}

/** The button that was used may be gone and its card elsewhere: a keyboard goes on with the next button of this alert. */
function keepFocus(row: HTMLElement | null): void {
  if (document.activeElement === document.body) row?.querySelector("button")?.focus({ preventScroll: true });
}
