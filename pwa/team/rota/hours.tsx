import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import { Chips } from "../parts/choices.tsx";
import { weekdayName } from "../time/words.ts";
import type { DutyHours } from "../types.ts";

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const WORK: DutyHours = { days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" };

interface HoursProps {
  legend: string;
  hours: DutyHours[];
  onChange: (hours: DutyHours[]) => void;
}

/** Weekdays with clock times; none means at any hour. */
export function HoursEditor({ legend, hours, onChange }: HoursProps) {
  const set = (at: number, change: Partial<DutyHours>): void =>
    onChange(hours.map((one, n) => (n === at ? { ...one, ...change } : one)));
  return (
    <fieldset class="group">
      <legend>{legend}</legend>
      {!hours.length && <p class="soft">{t("rota_hours_always")}</p>}
      {hours.map((one, at) => (
        <div key={at}>
          <Chips
            legend={t("rota_days_of")}
            choices={WEEK.map((day) => ({ value: `${day}`, label: weekdayName(day) }))}
            values={one.days.map(String)}
            onChange={(days) => set(at, { days: days.map(Number).sort() })}
          />
          <div class="pair">
            <Field
              label={t("rota_from")}
              type="time"
              required
              value={one.from}
              onInput={(event) => set(at, { from: event.currentTarget.value })}
            />
            <Field
              label={t("rota_to")}
              hint={t("rota_to_hint")}
              type="time"
              required
              value={one.to}
              onInput={(event) => set(at, { to: event.currentTarget.value })}
            />
          </div>
          <div class="buttons">
            <Button onClick={() => onChange(hours.filter((_, n) => n !== at))}>{t("rota_hours_remove")}</Button>
          </div>
        </div>
      ))}
      <div class="buttons">
        <Button onClick={() => onChange([...hours, WORK])}>{t("rota_hours_add")}</Button>
      </div>
    </fieldset>
  );
}
