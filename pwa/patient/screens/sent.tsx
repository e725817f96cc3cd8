/** After Send: honest about where the answer is, then what the clinic says to it. */
import { useEffect, useState } from "preact/hooks";
import { formatTime } from "../../shared/i18n/format.ts";
import { useStore } from "../../shared/store.ts";
import { Button } from "../../shared/ui/button.tsx";
import { AdviceList } from "../advice.tsx";
import { getStatus } from "../api.ts";
import { dropDraft } from "../drafts.ts";
import { YearAgain } from "../form/birth-year.tsx";
import { PinnedHelp } from "../form/cards.tsx";
import type { Pinned } from "../form/draft.ts";
import type { Target } from "../form/submit.ts";
import { Frame } from "../frame.tsx";
import { t } from "../i18n/t.ts";
import { drop, markRead, outbox, type Sending } from "../outbox.ts";
import type { Advice, Status, Stored } from "../types.ts";
import { open } from "../view.ts";
import { Waiting } from "../waiting.tsx";
import { Title } from "./title.tsx";

interface SentProps {
  id: string;
  target: Target;
  /** What the form kept on the screen; it stays until the clinic has the answer and says what to do. */
  pinned: Pinned | null;
}

export function Sent({ id, target, pinned }: SentProps) {
  const sending = useStore(outbox).get(id);
  const stored = sending?.state === "stored";
  useEffect(() => {
    if (!stored) return;
    dropDraft(target.key);
    // Read here: nothing is left to show later. The screen itself keeps it until it is left.
    markRead(id);
    return () => drop(id);
  }, [stored]);
  if (!sending) return null;
  if (stored) return <Arrived sending={sending} target={target} />;
  return (
    <Frame>
      <Title key={sending.item.tries > 0 ? "waiting" : "sending"}>
        {sending.item.tries > 0 ? t("waiting_title") : t("sending")}
      </Title>
      {pinned && <PinnedHelp kind={pinned} />}
      <Waiting sending={sending} />
      {sending.item.tries > 0 && <ToStart />}
    </Frame>
  );
}

function ToStart() {
  return (
    <Button kind="secondary" big onClick={() => open({ name: "home" })}>
      {t("to_start")}
    </Button>
  );
}

function Arrived({ sending, target }: { sending: Sending; target: Target }) {
  const { advice, alert } = sending.data as Stored;
  const concerned = concerns(advice, alert?.state);
  const status = useStatus(sending.item.responseId, target, concerned);
  return (
    <Frame>
      <Title>{t("sent", { time: formatTime(sending.item.storedAt ?? Date.now()) })}</Title>
      <AdviceList advice={advice} />
      <div role="status" data-testid="status">
        {status && (status.state === "seen" || !isAlarming(advice)) && (concerned || status.state === "off_duty") && (
          <p class={`notice notice-${status.state}`} data-state={status.state}>
            {status.text}
          </p>
        )}
      </div>
      {target.needsBirthYear && <YearAgain sending={sending} target={target} />}
      {!target.owner ? (
        <p>{t("sent_close")}</p>
      ) : (
        <ToStart />
      )}
    </Frame>
  );
}

/** Whether somebody was called about this answer, now or when it travelled ahead of its form. */
function concerns(advice: readonly Advice[], alert: string | undefined): boolean {
  return (alert ?? "none") !== "none" || isAlarming(advice);
}

/** Such advice already says who was called and until when to wait. */
function isAlarming(advice: readonly Advice[]): boolean {
  return advice.some(({ level }) => level === "urgent" || level === "emergency");
}

const pollMs = 5_000;
const pollForMs = 15 * 60_000;

/**
 * What became of an answer, and whether anybody is on duty: asked once, of a flagged one every few seconds while somebody
 * looks, for a quarter of an hour.
 */
function useStatus(responseId: string, target: Target, flagged: boolean): Status | undefined {
  const [status, setStatus] = useState<Status>();
  useEffect(() => {
    const until = Date.now() + pollForMs;
    const ask = async () => {
      if (Date.now() > until) return clearInterval(timer);
      if (document.visibilityState !== "visible") return;
      const result = await getStatus(responseId, target.owner ? undefined : target.bearer);
      if (result.ok) setStatus(result.data);
      if (!flagged || (result.ok && result.data.state === "seen")) clearInterval(timer);
    };
    const timer = setInterval(() => void ask(), pollMs);
    void ask();
    return () => clearInterval(timer);
  }, [responseId]);
  return status?.text ? status : undefined;
}
