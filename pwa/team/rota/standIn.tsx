import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { fieldProblem } from "../fieldProblem.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { useFocusOnWrong } from "../parts/wrong.ts";
import { useMe } from "../state/access.ts";
import { instantOf, localIn, toInstant } from "../time/zone.ts";
import type { Rota } from "../types.ts";

const HOUR_MS = 3_600_000;

interface StandInProps {
  rota: Rota;
  onDone: (rota: Rota) => void;
  onCancel: () => void;
}

/** Somebody is on call from then to then, in the place of one or of everybody. Only admins choose who. */
export function StandIn({ rota, onDone, onCancel }: StandInProps) {
  const me = useMe();
  const now = Date.parse(rota.now);
  const local = (at: number): string => localIn(at, rota.time_zone);
  const [form, setForm] = useState({
    staff_id: me.id,
    instead_of: rota.periods[0]?.on_call[0]?.find((id) => id !== me.id) ?? "",
    begins: local(now),
    ends: local(now + 12 * HOUR_MS),
  });
  const [problem, setProblem] = useState<Problem>();
  const frame = useFocusOnWrong(problem);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const [begins, ends] = [form.begins, form.ends].map((at) => instantOf(at, rota.time_zone));
    const result = await send<Rota>("POST", "/api/clinic/rota/changes", {
      staff_id: form.staff_id,
      instead_of: form.instead_of || null,
      begins: toInstant(begins ?? now),
      ends: toInstant(ends ?? now),
    });
    if (result.ok) onDone(result.data);
    else setProblem(result.problem);
  };
  const set = (name: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [name]: event.currentTarget.value });
  const people = rota.people.filter((one) => one.fit);
  return (
    <form ref={frame} class="form" onSubmit={(event) => void submit(event)}>
      <div class="pair">
        {me.role === "admin" && (
          <FieldFrame label={t("rota_who")} error={fieldProblem(problem, "staff_id")}>
            {(control) => (
              <select {...control} value={form.staff_id} onChange={set("staff_id")}>
                {people.map((one) => (
                  <option value={one.id} key={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          </FieldFrame>
        )}
        <FieldFrame label={t("rota_instead")} error={fieldProblem(problem, "instead_of")}>
          {(control) => (
            <select {...control} value={form.instead_of} onChange={set("instead_of")}>
              <option value="">{t("rota_instead_all")}</option>
              {rota.people
                .filter((one) => one.id !== form.staff_id)
                .map((one) => (
                  <option value={one.id} key={one.id}>
                    {one.name}
                  </option>
                ))}
            </select>
          )}
        </FieldFrame>
      </div>
      <div class="pair">
        <Field
          label={t("rota_begins")}
          type="datetime-local"
          required
          value={form.begins}
          error={fieldProblem(problem, "begins")}
          onInput={set("begins")}
        />
        <Field
          label={t("rota_ends")}
          type="datetime-local"
          required
          value={form.ends}
          error={fieldProblem(problem, "ends")}
          onInput={set("ends")}
        />
      </div>
      <Notice text={problem ? problemText(problem) : ""} />
      <div class="buttons">
        <Button kind="primary" type="submit">
          {t("save")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}
