import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { fieldProblem } from "../fieldProblem.ts";
import { t } from "../i18n/t.ts";
import { useMe } from "../state/access.ts";
import { endedAgo, leavingNow } from "./draft.ts";
import type { GroupProps } from "./form.tsx";

const AGO = [0, 15, 30, 60];

/** Start, end and leaving, in the clinic's time; one tap for the usual. */
export function TimeFields({ form, set, problem }: GroupProps) {
  const zone = useMe().clinic.time_zone;
  const time = (name: "started_at" | "ended_at" | "discharged_at") => ({
    type: "datetime-local",
    value: form[name],
    error: fieldProblem(problem, name),
    onInput: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }),
  });
  return (
    <fieldset class="group">
      <legend>{t("times")}</legend>
      <p class="field-hint">{t("times_hint", { zone })}</p>
      {form.setting === "home" && <p class="field-hint">{t("home_times")}</p>}
      <div class="quick">
        {AGO.map((minutes) => (
          <Button key={minutes} onClick={() => set(endedAgo(form, minutes, zone))}>
            {minutes ? t("ended_ago", { minutes }) : t("ended_now")}
          </Button>
        ))}
        <Button onClick={() => set(leavingNow(zone))}>{t("leaving_now")}</Button>
      </div>
      <div class="triple">
        <Field label={t("started_at")} required {...time("started_at")} />
        <Field label={t("ended_at")} required {...time("ended_at")} />
        <Field label={t("discharged_at")} {...time("discharged_at")} />
      </div>
    </fieldset>
  );
}
