import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { fieldProblem } from "../fieldProblem.ts";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Choices } from "../parts/choices.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import type { Role } from "../types.ts";

const ROLES: Role[] = ["nurse", "clinician", "admin", "viewer"];

export function AddStaff({ onDone, onCancel }: { onDone: () => void; onCancel: () => void }) {
  const [form, setForm] = useState({ name: "", email: "", phone: "", role: "nurse", password: "" });
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const { phone, ...rest } = form;
    const result = await send("POST", "/api/staff", phone.trim() ? { ...rest, phone: phone.trim() } : rest);
    setBusy(false);
    if (result.ok) onDone();
    else setProblem(result.problem);
  };
  const field = (name: keyof typeof form) => ({
    value: form[name],
    error: fieldProblem(problem, name),
    onInput: (event: { currentTarget: { value: string } }) => setForm({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <div class="pair">
        <Field label={t("name")} required autocomplete="off" {...field("name")} />
        <Field label={t("email")} type="email" required autocomplete="off" {...field("email")} />
      </div>
      <div class="pair">
        <Field
          label={t("phone_optional")}
          hint={t("staff_phone_hint")}
          type="tel"
          autocomplete="off"
          {...field("phone")}
        />
        <Field
          label={t("first_password")}
          type="password"
          required
          minLength={12}
          autocomplete="new-password"
          {...field("password")}
        />
      </div>
      <Choices
        legend={t("role")}
        name="role"
        value={form.role}
        choices={ROLES.map((value) => ({ value, label: codeWord("role", value) }))}
        onChange={(role) => setForm({ ...form, role })}
      />
      <Notice text={problem ? problemText(problem) : ""} />
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy}>
          {t("add_staff")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}
