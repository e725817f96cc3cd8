import { useState } from "preact/hooks";
import type { Problem, Result } from "../../shared/api.ts";
import { currentLanguage } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { fieldProblem } from "../fieldProblem.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Chips, Choices } from "../parts/choices.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import type { TeamChannel, TeamChannels } from "../types.ts";

export const CHANNELS = "/api/clinic/team-channels";

type Heard = TeamChannel["hears"];

const HEARS: Heard = ["emergency", "urgent", "same_day", "incident"];

interface FormProps {
  onDone: (changed: TeamChannels) => void;
  onCancel: () => void;
}

export function AddTeamChannel({ onDone, onCancel }: FormProps) {
  const [form, setForm] = useState({ name: "", url: "", hears: HEARS, language: currentLanguage() as string });
  const { frame, problem, busy, submit } = useSaving(() => send<TeamChannels>("POST", CHANNELS, form), onDone);
  return (
    <form ref={frame} class="form" onSubmit={submit}>
      <Name value={form.name} problem={problem} onInput={(name) => setForm({ ...form, name })} />
      <Field
        label={t("channel_url")}
        hint={t("channel_url_hint")}
        required
        maxLength={2000}
        autocomplete="off"
        spellcheck={false}
        inputMode="url"
        value={form.url}
        error={fieldProblem(problem, "url")}
        onInput={(event) => setForm({ ...form, url: event.currentTarget.value })}
      />
      <Hears values={form.hears} onChange={(hears) => setForm({ ...form, hears })} />
      <Choices
        legend={t("channel_language")}
        name="channel-language"
        value={form.language}
        choices={["en", "es"].map((value) => ({ value, label: codeWord("language", value) }))}
        onChange={(language) => setForm({ ...form, language })}
      />
      <End problem={problem} busy={busy} ready={form.hears.length > 0} onCancel={onCancel} />
    </form>
  );
}

export function ChangeTeamChannel({ one, onDone, onCancel }: FormProps & { one: TeamChannel }) {
  const [form, setForm] = useState({ name: one.name, hears: one.hears });
  const save = () => send<TeamChannels>("PATCH", `${CHANNELS}/${one.id}`, form);
  const { frame, problem, busy, submit } = useSaving(save, onDone);
  return (
    <form ref={frame} class="form" onSubmit={submit}>
      <Name value={form.name} problem={problem} onInput={(name) => setForm({ ...form, name })} />
      <Hears values={form.hears} onChange={(hears) => setForm({ ...form, hears })} />
      <End problem={problem} busy={busy} ready={form.hears.length > 0} onCancel={onCancel} />
    </form>
  );
}

function useSaving(save: () => Promise<Result<TeamChannels>>, onDone: (changed: TeamChannels) => void) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const run = async (): Promise<void> => {
    setBusy(true);
    const result = await save();
    setBusy(false);
    if (result.ok) onDone(result.data);
    else setProblem(result.problem);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void run();
  };
  return { frame, problem, busy, submit };
}

interface NameProps {
  value: string;
  problem: Problem | undefined;
  onInput: (name: string) => void;
}

function Name({ value, problem, onInput }: NameProps) {
  return (
    <Field
      label={t("channel_name")}
      required
      maxLength={60}
      autocomplete="off"
      value={value}
      error={fieldProblem(problem, "name")}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function Hears({ values, onChange }: { values: Heard; onChange: (values: Heard) => void }) {
  return (
    <Chips
      legend={t("channel_hears")}
      choices={HEARS.map((value) => ({ value, label: codeWord("hears", value) }))}
      values={values}
      onChange={(picked) => onChange(HEARS.filter((one) => picked.includes(one)))}
    />
  );
}

interface EndProps {
  problem: Problem | undefined;
  busy: boolean;
  ready: boolean;
  onCancel: () => void;
}

function End({ problem, busy, ready, onCancel }: EndProps) {
  return (
    <>
      <Notice text={problem ? problemText(problem) : ""} />
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy} disabled={!ready}>
          {t("channel_save")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </>
  );
}
