/** One question a screen: which screen now, and what each tap does. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useStore, type Store } from "../../shared/store.ts";
import { Frame } from "../frame.tsx";
import { onPhoneBack, open } from "../view.ts";
import type { Act, Item, Questionnaire, Value } from "../types.ts";
import { ActCard, PinnedHelp } from "./cards.tsx";
import { answer, asks, backward, byWhom, forward, goTo, pinHelp, rest, undo, type Draft, type Pinned } from "./draft.ts";
import { isSignal, progress } from "./path.ts";
import { Question } from "./question.tsx";
import { Stranger } from "./stranger.tsx";
import { signal, type Extras, type Target } from "./submit.ts";
import { Summary } from "./summary.tsx";
import { roleOf } from "./who.ts";

/** Long enough to see what was chosen, short enough not to wait. */
const pauseMs = 350;

interface FormProps {
  questionnaire: Questionnaire;
  target: Target;
  notice: string | null;
  store: Store<Draft>;
  onSend: (extras: Extras) => void;
  onStranger: () => void;
}

interface Card {
  act: Exclude<Act, "help">;
  sending: string | undefined;
  moveOn: boolean;
}

export function Form({ questionnaire, target, notice, store, onSend, onStranger }: FormProps) {
  const draft = useStore(store);
  const [card, setCard] = useState<Card>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const change = (step: (draft: Draft) => Draft) => store.set(step(store.get()));
  const moveOn = () => change((now) => forward(now, questionnaire));
  const back = (): boolean => {
    clearTimeout(timer.current);
    const before = backward(store.get(), questionnaire);
    if (before) store.set(before);
    return before !== undefined;
  };
  useEffect(() => {
    onPhoneBack(back);
    return () => onPhoneBack(undefined);
  });

  const choose = (item: Item, value: Value, act: Act | null | undefined, ends: boolean) => {
    clearTimeout(timer.current);
    const sending = isSignal(item, value) ? signal(target, store.get(), item.id, value) : undefined;
    change((now) => answer(act ? pinHelp(now, helpKind(act, item)) : now, item.id, value));
    if (act && act !== "help") setCard({ act, sending, moveOn: ends });
    else if (ends && roleOf(store.get().answers) !== "stranger") timer.current = setTimeout(moveOn, pauseMs);
  };
  const closeCard = () => {
    setCard(undefined);
    if (card?.moveOn) moveOn();
  };

  const asked = asks(draft, questionnaire);
  const item = asked.find((one) => one.id === draft.at);
  return (
    <Frame onBack={() => back() || open({ name: "home" })}>
      {draft.pinned && <PinnedHelp kind={draft.pinned} />}
      {roleOf(draft.answers) === "stranger" ? (
        <Stranger onYes={onStranger} onNo={() => change(undo)} />
      ) : item ? (
        <Question
          key={item.id}
          item={item}
          asked={asked}
          place={progress(questionnaire, draft.answers, byWhom(draft), item.id)}
          draft={draft}
          notice={notice}
          onChoose={(value, act, ends) => choose(item, value, act, ends)}
          onNext={moveOn}
          onUndo={() => change(undo)}
          onLeave={() => open({ name: "left" })}
          rest={roleOf(draft.answers) === "patient" ? questionnaire.rest?.text : undefined}
          onRest={() => change((now) => rest(now, questionnaire))}
        />
      ) : (
        <Summary
          questionnaire={questionnaire}
          draft={draft}
          target={target}
          onChange={(id) => change((now) => goTo(now, id))}
          onSend={onSend}
        />
      )}
      {card && <ActCard act={card.act} sending={card.sending} onContinue={closeCard} />}
    </Frame>
  );
}

function helpKind(act: Act, item: Item): Pinned {
  return act === "crisis" || item.private ? "mind" : "body";
}
