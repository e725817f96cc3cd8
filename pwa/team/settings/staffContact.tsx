import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { fieldProblem } from "../fieldProblem.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import type { Staff } from "../types.ts";
import { st } from "./i18n/t.ts";

interface ContactProps {
  one: Staff;
  onDone: (changed: boolean) => void;
  onCancel: () => void;
}

/** A colleague's number and e-mail. The number is shown masked: it is typed anew or kept. */
export function StaffContact({ one, onDone, onCancel }: ContactProps) {
  const [phone, setPhone] = useState("");
  const [email, setEmail] = useState(one.email);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const frame = useFocusOnWrong(problem);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const change = {
      ...(phone.trim() ? { phone: phone.trim() } : {}),
      ...(email.trim() !== one.email ? { email: email.trim() } : {}),
    };
    if (!Object.keys(change).length) return onDone(false);
    setBusy(true);
    const result = await send<Staff>("PATCH", `/api/staff/${one.id}`, change);
    setBusy(false);
    if (result.ok) onDone(true);
    else setProblem(result.problem);
  };
  const said = problem && (problem.kind === "conflict" ? st("email_taken") : problemText(problem));
  return (
    <form ref={frame} class="form" onSubmit={(event) => void save(event)}>
      <h3>{one.name}</h3>
      <div class="pair">
        <Field
          label={t("email")}
          hint={st("email_hint")}
          type="email"
          required
          autocomplete="off"
          value={email}
          error={fieldProblem(problem, "email")}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <Field
          label={t("phone_optional")}
          hint={one.phone_masked ? st("phone_now", { phone: one.phone_masked }) : st("phone_none")}
          type="tel"
          autocomplete="off"
          value={phone}
          error={fieldProblem(problem, "phone")}
          onInput={(event) => setPhone(event.currentTarget.value)}
        />
      </div>
      <Notice text={said ?? ""} />
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy}>
          {st("save")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}
