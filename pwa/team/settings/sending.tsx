import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { announce } from "../state/announce.ts";
import { askWhoIAm, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Sending, WaitingMessages } from "../types.ts";

const PATH = "/api/clinic/sending";

/** What is in flight after a restore, and the button that lets it go. */
export function SendingPanel() {
  const sending = useLoad<Sending>(PATH);
  const [problem, setProblem] = useState("");
  const start = async (): Promise<void> => {
    const result = await send<Sending>("POST", `${PATH}/start`);
    setProblem(result.ok ? "" : problemText(result.problem));
    if (!result.ok) return;
    announce(t("sending_started"));
    void askWhoIAm();
  };
  return (
    <section class="panel">
      <h2>{t("sending")}</h2>
      <p>{t("sending_hint")}</p>
      <Notice text={problem} />
      <Loaded data={sending.data} problem={sending.problem} retry={sending.reload}>
        {({ waiting }) => (
          <>
            {waiting.length ? (
              <ul class="plain">
                {waiting.map((messages) => (
                  <WaitingLine key={messages.kind} messages={messages} />
                ))}
              </ul>
            ) : (
              <p>{t("sending_nothing")}</p>
            )}
            <Button kind="primary" onClick={() => void start()}>
              {t("sending_start")}
            </Button>
          </>
        )}
      </Loaded>
    </section>
  );
}

function WaitingLine({ messages }: { messages: WaitingMessages }) {
  const zone = useMe().clinic.time_zone;
  const at = (instant: string): string => dayAndTime(instant, zone, careNow());
  return (
    <li class="line">
      <span>
        <strong>
          {codeWord("waiting", messages.kind)}: {messages.count}
        </strong>{" "}
        <span class="soft">
          {t("sending_between", { oldest: at(messages.oldest_at), newest: at(messages.newest_at) })}
          {messages.ended > 0 && ` ${t("sending_ended", { count: messages.ended })}`}
        </span>
      </span>
    </li>
  );
}
