/** One form: keeps its draft, and follows it until it is stored. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useStore } from "../../shared/store.ts";
import { draftOf, dropDraft } from "../drafts.ts";
import { newDraft } from "../form/draft.ts";
import { Form } from "../form/form.tsx";
import { submit, type Extras, type Target } from "../form/submit.ts";
import { outbox, sendingOf } from "../outbox.ts";
import type { Questionnaire } from "../types.ts";
import { Sent } from "./sent.tsx";
import { StrangerDone } from "./stranger-done.tsx";

export interface AnsweringProps {
  questionnaire: Questionnaire;
  target: Target;
  notice: string | null;
}

export function Answering({ questionnaire, target, notice }: AnsweringProps) {
  const store = useMemo(
    () => {
      const begin = () => draftOf(target.key, () => newDraft(questionnaire, crypto.randomUUID(), new Date().toISOString()));
      const kept = begin();
      if (outbox.get().get(kept.get().responseId)?.state !== "stored") return kept;
      dropDraft(target.key);
      return begin();
    },
    [target.key],
  );
  // An answer to this form that is on its way, from here, another tab or an earlier visit, is shown instead.
  useStore(outbox);
  const [mine, setSent] = useState<string>();
  const sent = mine ?? sendingOf(target.key)?.item.id;
  const [told, setTold] = useState<string>();
  const send = (extras: Extras) => setSent(submit(target, questionnaire, store.get(), extras));
  const isStranger = () => {
    const draft = store.get();
    dropDraft(target.key);
    setTold(submit(target, questionnaire, draft, {}));
  };
  useEffect(() => {
    if (sent && !mine) setSent(sent);
  }, [sent]);
  if (told) return <StrangerDone id={told} />;
  if (sent) return <Sent id={sent} target={target} pinned={store.get().pinned} />;
  const form = { questionnaire, target, notice, store };
  return <Form {...form} onSend={send} onStranger={isStranger} />;
}
