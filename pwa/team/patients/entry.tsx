import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { later } from "../parts/later.tsx";
import { TierMark } from "../parts/tier.tsx";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { clockTime, dayAndTime } from "../time/words.ts";
import type { GivenAnswer, Tier, TimelineItem } from "../types.ts";

const text = (item: TimelineItem, field: string): string => {
  const value = item[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
};

const VisitStep = later(async () => (await import("../visits/entry.tsx")).StepEntry, "part");

/** One row of the timeline, by its kind. */
export function Entry({ item }: { item: TimelineItem }) {
  switch (item.kind) {
    case "session":
      return <SessionEntry item={item} />;
    case "pause":
      return <PauseEntry item={item} />;
    case "step":
      return <VisitStep item={item} />;
    case "check_in":
      return <CheckInEntry item={item} />;
    case "response":
      return <ResponseEntry item={item} />;
    case "flag":
      return <FlagEntry item={item} />;
    case "alert":
      return <AlertEntry item={item} />;
    case "message":
      return <MessageEntry item={item} />;
    default:
      return <ScoreEntry item={item} />;
  }
}

function SessionEntry({ item }: { item: TimelineItem }) {
  const drug = `${codeWord("drug", text(item, "drug"))} ${text(item, "dose_mg")} mg ${codeWord("route_short", text(item, "route"))}`;
  const cancelled = Boolean(item["cancelled_at"]);
  return (
    <p>
      <Link to={`sessions/${item.id}`}>
        {text(item, "number") ? t("session_n", { n: text(item, "number") }) : t("session")}
      </Link>{" "}
      {drug}
      {text(item, "indication") && ` · ${codeWord("indication", text(item, "indication"))}`}
      {cancelled && <span class="tag tag-bad">{t("session_cancelled")}</span>}
    </p>
  );
}

function PauseEntry({ item }: { item: TimelineItem }) {
  const { time_zone: zone } = useMe().clinic;
  const until = text(item, "until");
  const ended = text(item, "ended_by");
  return (
    <p>
      <strong>{t("pause_entry", { reason: codeWord("reason", text(item, "reason")) })}</strong>{" "}
      {until
        ? t(item["over"] === true ? "pause_until_past" : "pause_until", { time: dayAndTime(until, zone, careNow()) })
        : t("pause_for_good")}{" "}
      <span class="soft">
        {t("pause_by", { name: text(item, "by") })}
        {ended && ` ${t("pause_ended_by", { name: ended })}`}
      </span>
    </p>
  );
}

function CheckInEntry({ item }: { item: TimelineItem }) {
  const { time_zone: zone } = useMe().clinic;
  const state = text(item, "state");
  const reason = text(item, "reason");
  const closes = text(item, "closes_at");
  return (
    <p>
      {t("check_in")} <strong>{codeWord("check_in", text(item, "key"))}</strong>{" "}
      <span class={`tag tag-${state}`}>{codeWord("check_in_state", state)}</span>
      {reason && ` ${codeWord("reason", reason)}`}
      {state === "open" && closes && (
        <span class="soft"> {t("closes_at", { time: dayAndTime(closes, zone, careNow()) })}</span>
      )}
    </p>
  );
}

function ResponseEntry({ item }: { item: TimelineItem }) {
  const answers = (item["answers"] as GivenAnswer[] | undefined) ?? [];
  const flagged = answers.filter((answer) => answer.tier && answer.tier !== "routine");
  const rest = answers.filter((answer) => !flagged.includes(answer));
  const key = text(item, "check_in_key");
  return (
    <>
      <p>
        <strong>{key ? t("answered_check_in", { key: codeWord("check_in", key) }) : t("own_report")}</strong>{" "}
        <span class="soft">{codeWord("answered_by", text(item, "answered_by") || "patient")}</span>
        {item["late"] === true && <span class="tag">{t("late")}</span>}
        {item["unexpected"] === true && <span class="tag">{t("unexpected")}</span>}
      </p>
      {text(item, "text") && <p class="quote">“{text(item, "text")}”</p>}
      <AnswerList answers={flagged} />
      {rest.length > 0 && (
        <details>
          <summary>{t(flagged.length ? "more_answers" : "answers", { count: rest.length })}</summary>
          <AnswerList answers={rest} />
        </details>
      )}
    </>
  );
}

function AnswerList({ answers }: { answers: GivenAnswer[] }) {
  if (!answers.length) return null;
  return (
    <dl class="trends">
      {answers.map((answer) => (
        <div key={answer.item}>
          <dt>
            {answer.text} {answer.private && <span class="tag">{t("private_answer")}</span>}
          </dt>
          <dd>
            {answer.tier && answer.tier !== "routine" && <TierMark tier={answer.tier} />} {answer.value_text}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FlagEntry({ item }: { item: TimelineItem }) {
  return (
    <p>
      <TierMark tier={item["tier"] as Tier} /> {text(item, "explanation") || text(item, "rule")}
    </p>
  );
}

function AlertEntry({ item }: { item: TimelineItem }) {
  const reference = text(item, "reference");
  const outcome = text(item, "outcome");
  return (
    <p>
      <TierMark tier={item["tier"] as Tier} /> <Link to={`alerts/${reference}`}>{t("alert_n", { reference })}</Link>{" "}
      <span class="tag">{codeWord("state", text(item, "state"))}</span>
      {outcome && ` ${codeWord("outcome", outcome)}`}
    </p>
  );
}

const RECEIPTS = ["sent", "delivered", "shown", "opened"] as const;

/** What is known of a message's way, each with its time. */
function receipts(item: TimelineItem, zone: string): string[] {
  return RECEIPTS.filter((one) => text(item, `${one}_at`)).map((one) =>
    t(`receipt_${one}`, { time: clockTime(text(item, `${one}_at`), zone) }),
  );
}

function MessageEntry({ item }: { item: TimelineItem }) {
  const zone = useMe().clinic.time_zone;
  return (
    <p class="soft">
      {t("message_to", {
        channel: codeWord("channel", text(item, "channel")),
        to: codeWord("to", text(item, "to") || "patient"),
      })}
      : {codeWord("template", text(item, "template"))} · {codeWord("message_state", text(item, "state"))}
      {receipts(item, zone).map((receipt) => ` · ${receipt}`)}
    </p>
  );
}

function ScoreEntry({ item }: { item: TimelineItem }) {
  const name = text(item, "name") || text(item, "key") || text(item, "score");
  return (
    <p>
      {codeWord("score", name)} <strong>{text(item, "value")}</strong>{" "}
      <span class="soft">{t("score_range", { min: text(item, "min"), max: text(item, "max") })}</span>
    </p>
  );
}
