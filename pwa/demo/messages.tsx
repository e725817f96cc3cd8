import { useState } from "preact/hooks";
import { FieldFrame } from "../shared/ui/field.tsx";
import { t } from "./i18n/t.ts";
import { personAt } from "./people.ts";
import { usePoll } from "./poll.ts";
import { Reply } from "./reply.tsx";
import { moment } from "./words.ts";

export interface Message {
  channel: "push" | "sms" | "email" | "team";
  to: string;
  title?: string | null;
  body: string;
  link?: string | null;
  at: string;
}

/** What arrives on the phones and in the mailboxes of this demo, newest first. */
export function Messages() {
  const { data, lost } = usePoll<{ items: Message[] }>("/demo/messages?limit=300");
  const [to, setTo] = useState("");
  const all = data?.items ?? [];
  const shown = to ? all.filter((message) => message.to === to) : all;
  return (
    <section class="phone" aria-labelledby="phones">
      <h2 id="phones">{t("messages")}</h2>
      <Recipients messages={all} to={to} onPick={setTo} />
      {to.startsWith("+") && <Reply sender={to} key={to} />}
      {lost && (
        <p class="lost" role="alert">
          {t("lost")}
        </p>
      )}
      {data && !shown.length && <p class="soft">{t("nobody")}</p>}
      <ol class="bubbles" aria-live="polite" aria-relevant="additions">
        {shown.map((message, at) => (
          <Bubble message={message} key={`${message.at}${message.to}${shown.length - at}`} />
        ))}
      </ol>
    </section>
  );
}

interface RecipientsProps {
  messages: Message[];
  to: string;
  onPick: (to: string) => void;
}

function Recipients({ messages, to, onPick }: RecipientsProps) {
  const known = [...new Set(messages.map((message) => message.to))].sort();
  return (
    <FieldFrame label={t("show_for")}>
      {(control) => (
        <select {...control} value={to} onChange={(event) => onPick(event.currentTarget.value)}>
          <option value="">{t("all")}</option>
          {known.map((one) => (
            <option value={one} key={one}>
              {personAt(one)}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

const CHANNELS = { push: "Push", sms: "SMS", email: "E-mail", team: "Team" } as const;

function Bubble({ message }: { message: Message }) {
  return (
    <li class={`bubble bubble-${message.channel}`}>
      <p class="bubble-head">
        <span class="channel">{CHANNELS[message.channel]}</span> {t("to", { to: personAt(message.to) })}
        <time dateTime={message.at}>{moment(message.at)}</time>
      </p>
      {message.title && (
        <p>
          <strong>{message.title}</strong>
        </p>
      )}
      <p class="bubble-body">{linked(message.body)}</p>
      {message.link && !message.body.includes(message.link) && <p>{linked(message.link)}</p>}
    </li>
  );
}

/** Addresses in a message become links that open beside the demo. */
function linked(text: string) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, at) =>
    at % 2 ? (
      <a href={part} target="_blank" rel="noopener" key={at}>
        {part}
      </a>
    ) : (
      part
    ),
  );
}
