import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { Title } from "../screens/title.tsx";
import type { Item, Questionnaire } from "../types.ts";
import { answerText } from "./answer-text.ts";
import { BirthYear } from "./birth-year.tsx";
import { asks, type Draft } from "./draft.ts";
import { isResting } from "./path.ts";
import type { Extras, Target } from "./submit.ts";

interface SummaryProps {
  questionnaire: Questionnaire;
  draft: Draft;
  target: Target;
  onChange: (item: string) => void;
  onSend: (extras: Extras) => void;
}

/** What will be sent. Private answers are not shown again. */
export function Summary({ questionnaire, draft, target, onChange, onSend }: SummaryProps) {
  const [extras, setExtras] = useState<Extras>({});
  const [askYear, setAskYear] = useState(false);
  const asked = asks(draft, questionnaire).filter((item) => item.type !== "display");
  const hidden = asked.find((item) => item.private);
  const resting = isResting(questionnaire, draft.answers);
  if (askYear) return <BirthYear onSend={(birthYear) => onSend({ ...extras, birthYear })} />;
  return (
    <>
      <Title>{resting ? t("resting_title") : t("summary_title")}</Title>
      <p>{resting ? t("resting_text") : t("summary_text")}</p>
      <ul class="answers">
        {asked
          .filter((item) => !item.private)
          .map(({ id, text }) => (
            <Answer key={id} question={text} answer={textOf(asked, draft, id)} onChange={() => onChange(id)} />
          ))}
        {hidden && (
          <Answer question={t("summary_private")} answer={t("summary_hidden")} onChange={() => onChange(hidden.id)} />
        )}
      </ul>
      {target.kind === "report" && <ReportPart extras={extras} onChange={setExtras} />}
      <Button
        kind="primary"
        big
        onClick={() => (target.needsBirthYear ? setAskYear(true) : onSend(extras))}
        data-testid="send"
      >
        {t("send")}
      </Button>
    </>
  );
}

function Answer({ question, answer, onChange }: { question: string; answer: string; onChange: () => void }) {
  return (
    <li>
      <button
        type="button"
        class="answer"
        onClick={onChange}
        aria-label={`${t("summary_change", { question })} ${answer}`}
      >
        <span class="soft">{question}</span>
        <span class="strong">{answer}</span>
      </button>
    </li>
  );
}

function ReportPart({ extras, onChange }: { extras: Extras; onChange: (extras: Extras) => void }) {
  return (
    <>
      <FieldFrame label={t("more_text")}>
        {(attributes) => (
          <textarea
            {...attributes}
            rows={3}
            maxLength={4000}
            value={extras.text ?? ""}
            onInput={(event) => onChange({ ...extras, text: event.currentTarget.value })}
          />
        )}
      </FieldFrame>
      <label class="check">
        <input
          type="checkbox"
          checked={extras.callMe ?? false}
          onChange={(event) => onChange({ ...extras, callMe: event.currentTarget.checked })}
        />
        {t("call_me")}
      </label>
    </>
  );
}

function textOf(asked: readonly Item[], draft: Draft, id: string): string {
  const item = asked.find((one) => one.id === id);
  const value = draft.answers[id];
  return item && value !== undefined ? answerText(item, value) : t("summary_none");
}
