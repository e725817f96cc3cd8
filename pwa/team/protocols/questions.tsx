import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { Chips } from "../parts/choices.tsx";
import { AddForm, RemoveForm } from "./forms.tsx";
import { t } from "./i18n/t.ts";
import { Both, Check, Findings, PartForm, Pick, words } from "./parts.tsx";
import type { Editing, Form, Item, Operation, Words } from "./types.ts";

interface QuestionsProps {
  editing: Editing;
  may: boolean;
}

/** Each questionnaire as it is asked. */
export function Questions({ editing, may }: QuestionsProps) {
  return (
    <section class="panel">
      <h2>{t("questions")}</h2>
      {editing.draft.shown.document.questionnaires.map((form) => (
        <details key={form.id}>
          <summary>
            {words(form.title)} <span class="soft">{t("questions_n", { count: form.items.length })}</span>
          </summary>
          <Findings draft={editing.draft} part="questionnaire" of={form.id} />
          {(form.codes ?? []).length > 0 && <p class="soft">{t("instrument")}</p>}
          {may && <RemoveForm editing={editing} id={form.id} />}
          <ol>
            {form.items.map((item, at) => (
              <Question key={item.id} editing={editing} form={form} item={item} at={at} may={may} />
            ))}
          </ol>
          {may && <NewQuestion editing={editing} form={form} />}
        </details>
      ))}
      {may && <AddForm editing={editing} />}
    </section>
  );
}

interface QuestionProps extends QuestionsProps {
  form: Form;
  item: Item;
  at: number;
}

function Question({ editing, form, item, at, may }: QuestionProps) {
  const [open, setOpen] = useState(false);
  const when = editing.draft.shown.items.find((one) => one.key === `${form.id}/${item.id}`)?.words[0];
  const where = { questionnaire: form.id, item: item.id };
  const above = form.items[at - 2]?.id;
  const below = form.items[at + 1]?.id;
  const said = words(item.text);
  return (
    <li>
      <p>
        <strong>{said}</strong> {item.required === false && <span class="tag">{t("may_skip")}</span>}{" "}
        {item.private && <span class="tag">{t("private")}</span>}
      </p>
      {(item.options ?? []).length > 0 && <p class="soft">{item.options?.map((one) => words(one.text)).join(" · ")}</p>}
      {when && <p class="soft">{t("asked_when", { when })}</p>}
      <Findings draft={editing.draft} part="item" of={item.id} />
      {may && !open && (
        <div class="buttons">
          <Button onClick={() => setOpen(true)}>{t("change_it", { title: said })}</Button>
          {at > 0 && (
            <Button
              kind="quiet"
              onClick={() => void editing.change({ op: "move_item", ...where, after: above ?? null })}
              aria-label={t("up_it", { title: said })}
            >
              ↑
            </Button>
          )}
          {below && (
            <Button
              kind="quiet"
              onClick={() => void editing.change({ op: "move_item", ...where, after: below })}
              aria-label={t("down_it", { title: said })}
            >
              ↓
            </Button>
          )}
          <Button kind="quiet" onClick={() => void editing.change({ op: "remove_item", ...where })}>
            {t("remove_it", { title: said })}
          </Button>
        </div>
      )}
      {open && <QuestionForm editing={editing} form={form} item={item} at={at} when={when} onDone={() => setOpen(false)} />}
    </li>
  );
}

interface QuestionFormProps {
  editing: Editing;
  form: Form;
  item: Item;
  at: number;
  when: string | undefined;
  onDone: () => void;
}

function QuestionForm({ editing, form, item, at, when, onDone }: QuestionFormProps) {
  const [text, setText] = useState<Words>(item.text);
  const [options, setOptions] = useState<Record<string, Words>>({});
  const [required, setRequired] = useState(item.required !== false);
  const [condition, setCondition] = useState(item.enable_when ?? null);
  const where = { questionnaire: form.id, item: item.id };
  const own = (form.codes ?? []).length === 0;
  const save = (): Promise<string> => {
    const operations: Operation[] = [{ op: "set_item", ...where, required, enable_when: condition }];
    if (own) operations.push({ op: "reword", ...where, text, options });
    return editing.change(...operations);
  };
  return (
    <PartForm save={save} onDone={onDone}>
      {own && <Both label={t("question")} text={text} onChange={setText} />}
      {own &&
        item.options?.map((option, nth) => (
          <Both
            key={option.value}
            label={t("answer_n", { n: nth + 1 })}
            text={options[option.value] ?? option.text}
            onChange={(said) => setOptions({ ...options, [option.value]: said })}
          />
        ))}
      <Check label={t("must_answer")} on={required} onChange={setRequired} />
      <Only form={form} at={at} value={condition} when={when} onChange={setCondition} />
    </PartForm>
  );
}

interface OnlyProps {
  form: Form;
  at: number;
  value: NonNullable<Item["enable_when"]> | null;
  when: string | undefined;
  onChange: (value: NonNullable<Item["enable_when"]> | null) => void;
}

/** "Ask only when": one earlier question and its answers; what is more than that stays, and is shown as a sentence. */
function Only({ form, at, value, when, onChange }: OnlyProps) {
  const earlier = form.items.slice(0, at).filter((item) => (item.options ?? []).length > 0);
  const simple = value?.is === "answer" && value.in ? value : null;
  const special = value !== null && !simple;
  const chosen = earlier.find((item) => item.id === simple?.item);
  return (
    <fieldset class="group">
      <legend>{t("only_when")}</legend>
      {special && <p class="soft">{t("asked_when", { when: when ?? "" })}</p>}
      <Pick
        label={t("depends_on")}
        value={special ? "special" : (chosen?.id ?? "")}
        choices={[
          ["", t("always")],
          ...(special ? [["special", t("as_it_is")] as const] : []),
          ...earlier.map((item) => [item.id, words(item.text)] as const),
        ]}
        onChange={(id) => id !== "special" && onChange(id ? { is: "answer", item: id, in: [] } : null)}
      />
      {chosen && (
        <Chips
          legend={t("answers")}
          choices={(chosen.options ?? []).map((option) => ({ value: option.value, label: words(option.text) }))}
          values={(simple?.in ?? []).map(String)}
          onChange={(values) => onChange({ is: "answer", item: chosen.id, in: values })}
        />
      )}
    </fieldset>
  );
}

const TYPES = ["choice", "multiple", "scale", "boolean", "integer", "text", "display"] as const;

function NewQuestion({ editing, form }: { editing: Editing; form: Form }) {
  const [type, setType] = useState<(typeof TYPES)[number]>("choice");
  const [text, setText] = useState<Words>({ en: "", es: "" });
  const [lines, setLines] = useState({ en: "", es: "" });
  const [required, setRequired] = useState(false);
  const [after, setAfter] = useState(form.items.at(-1)?.id ?? "");
  const choosing = type === "choice" || type === "multiple";
  const options = (): Words[] => {
    const [en, es] = [lines.en, lines.es].map((all) => all.split("\n").map((line) => line.trim()).filter(Boolean));
    return (en ?? []).map((line, at) => ({ en: line, es: es?.[at] ?? "" }));
  };
  const add = async (): Promise<void> => {
    const wrong = await editing.change({
      op: "add_item",
      questionnaire: form.id,
      type,
      text,
      required,
      after: after || null,
      options: choosing ? options() : [],
      ...(type === "scale" || type === "integer" ? { min: 0, max: type === "scale" ? 10 : 999 } : {}),
    });
    if (!wrong) {
      setText({ en: "", es: "" });
      setLines({ en: "", es: "" });
    }
  };
  return (
    <details>
      <summary>{t("question_add")}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Pick
          label={t("kind")}
          value={type}
          choices={TYPES.map((one) => [one, t(`type_${one}`)])}
          onChange={(one) => setType(one as "choice")}
        />
        <Both label={t("question")} text={text} onChange={setText} />
        {choosing && (
          <div class="pair">
            {(["en", "es"] as const).map((language) => (
              <FieldFrame label={`${t("answers_lines")} (${t(language)})`} hint={t("answers_hint")} key={language}>
                {(attributes) => (
                  <textarea
                    {...attributes}
                    lang={language}
                    rows={4}
                    value={lines[language]}
                    onInput={(event) => setLines({ ...lines, [language]: event.currentTarget.value })}
                  />
                )}
              </FieldFrame>
            ))}
          </div>
        )}
        <Pick
          label={t("after_question")}
          value={after}
          choices={form.items.map((item) => [item.id, words(item.text)])}
          onChange={setAfter}
        />
        <Check label={t("must_answer")} on={required} onChange={setRequired} />
        <Button type="submit" kind="primary">
          {t("question_add")}
        </Button>
      </form>
    </details>
  );
}
