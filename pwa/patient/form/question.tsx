import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { known, numbersNow, toEmergency } from "../help/help.ts";
import { t } from "../i18n/t.ts";
import type { Act, Item, Value } from "../types.ts";
import { useStore } from "../../shared/store.ts";
import { answerText } from "./answer-text.ts";
import type { Draft } from "./draft.ts";
import { Input } from "./input.tsx";

/** A second tap meant for the question before must not answer this one. */
const settleMs = 450;

interface QuestionProps {
  item: Item;
  asked: readonly Item[];
  place: { step: number; total: number };
  draft: Draft;
  notice: string | null;
  /** `ends`: this tap answers the whole question. */
  onChoose: (value: Value, act: Act | null | undefined, ends: boolean) => void;
  onNext: () => void;
  onUndo: () => void;
  onLeave: () => void;
  rest: string | undefined;
  onRest: () => void;
}

export function Question(props: QuestionProps) {
  const { item, asked, place, draft, notice, onChoose, onNext, onUndo, onLeave, rest, onRest } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const answered = draft.answers[item.id];
  const hidden = Boolean(item.private) && answered !== undefined && draft.last?.item !== item.id;
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settleMs);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <>
      <p class="progress" role="status" data-testid="progress">
        {t("progress", place)}
      </p>
      <Said draft={draft} asked={asked} current={item} />
      {item.private && <PrivateNotice notice={notice} onLeave={onLeave} />}
      <h1 ref={heading} id="question" tabIndex={-1}>
        {item.text}
      </h1>
      {item.help && <p id="question-help">{item.help}</p>}
      {hidden && <p class="soft">{t("private_again")}</p>}
      <div class={settled ? undefined : "settling"}>
        <Input item={item} value={hidden ? undefined : answered} onChoose={onChoose} onNext={onNext} />
      </div>
      {!item.required && item.type !== "display" && (
        <Button kind="quiet" big onClick={onNext}>
          {t("skip")}
        </Button>
      )}
      {rest && (
        <Button big class="rest" onClick={onRest} data-testid="rest">
          {rest}
        </Button>
      )}
      <LastTap draft={draft} asked={asked} current={item} onUndo={onUndo} />
    </>
  );
}

function PrivateNotice({ notice, onLeave }: { notice: string | null; onLeave: () => void }) {
  const numbers = numbersNow(useStore(known));
  return (
    <div class="card private" data-testid="private-notice">
      <p>{notice ?? t("private_notice", { number: toEmergency(numbers) })}</p>
      <Button onClick={onLeave} data-testid="leave">
        {t("leave")}
      </Button>
    </div>
  );
}

interface Shown {
  draft: Draft;
  asked: readonly Item[];
  current: Item;
}

/** What the clinic has to say to the answer just given, such as "Turn them on their side." */
function Said({ draft, asked, current }: Shown) {
  const item = asked.find((one) => one.id === draft.last?.item && one.id !== current.id);
  const chosen = item ? [draft.answers[item.id]].flat() : [];
  const said = item?.options?.filter((option) => option.say && chosen.includes(option.value)) ?? [];
  return said.map((option) => (
    <p key={option.value} class="notice strong" data-testid="said">
      {option.say}
    </p>
  ));
}

/** What was just chosen, with a way to take it back: hands are slow and eyes are tired. */
function LastTap({ draft, asked, current, onUndo }: Shown & { onUndo: () => void }) {
  const item = asked.find((one) => one.id === draft.last?.item);
  const value = item && draft.answers[item.id];
  if (!item || item.id === current.id || value === undefined) return null;
  return (
    <div class="last-tap">
      <span>{item.private ? t("chosen_private") : t("chosen", { answer: answerText(item, value) })}</span>
      <Button onClick={onUndo} data-testid="undo">
        {t("undo")}
      </Button>
    </div>
  );
}
