import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { fieldProblem } from "../fieldProblem.ts";
import { t } from "../i18n/t.ts";
import { weekdayName } from "../time/words.ts";
import type { Rota } from "../types.ts";
import type { LayerDraft } from "./draft.ts";
import { HoursEditor } from "./hours.tsx";

interface LayerFormProps {
  title: string;
  place: number;
  layer: LayerDraft;
  people: Rota["people"];
  problem: Problem | undefined;
  onChange: (layer: LayerDraft) => void;
  onRemove: () => void;
}

/** People in the order of their turns, the first is on duty now; when they hand over; at which hours. */
export function LayerForm({ title, place, layer, people, problem, onChange, onRemove }: LayerFormProps) {
  const wrong = (field: string): string | undefined => fieldProblem(problem, `layers[${place}].${field}`);
  const set = (change: Partial<LayerDraft>): void => onChange({ ...layer, ...change });
  return (
    <fieldset class="group">
      <legend>{title}</legend>
      <People layer={layer} people={people} onChange={(staff_ids) => set({ staff_ids })} error={wrong("staff_ids")} />
      <div class="triple">
        <FieldFrame label={t("rota_weekday")}>
          {(control) => (
            <select
              {...control}
              value={layer.weekday}
              onChange={(event) => set({ weekday: Number(event.currentTarget.value) })}
            >
              {[1, 2, 3, 4, 5, 6, 7].map((day) => (
                <option value={day} key={day}>
                  {weekdayName(day, "long")}
                </option>
              ))}
            </select>
          )}
        </FieldFrame>
        <Field
          label={t("rota_clock")}
          type="time"
          required
          value={layer.hand_over}
          error={wrong("hand_over")}
          onInput={(event) => set({ hand_over: event.currentTarget.value })}
        />
        <Field
          label={t("rota_weeks")}
          type="number"
          min={1}
          max={8}
          required
          value={layer.weeks}
          error={wrong("weeks")}
          onInput={(event) => set({ weeks: Number(event.currentTarget.value) })}
        />
      </div>
      <HoursEditor legend={t("rota_hours")} hours={layer.hours} onChange={(hours) => set({ hours })} />
      <div class="buttons">
        <Button onClick={onRemove}>{t("rota_layer_remove")}</Button>
      </div>
    </fieldset>
  );
}

interface PeopleProps {
  layer: LayerDraft;
  people: Rota["people"];
  onChange: (ids: string[]) => void;
  error: string | undefined;
}

function People({ layer: { staff_ids: ids }, people, onChange, error }: PeopleProps) {
  const name = (id: string): string => people.find((one) => one.id === id)?.name ?? "";
  const swapped = (at: number): string[] =>
    ids.map((id, n) => (n === at ? ids[at + 1] : n === at + 1 ? ids[at] : id) ?? id);
  const free = people.filter((one) => one.fit && !ids.includes(one.id));
  return (
    <>
      <ol class="plain">
        {ids.map((id, at) => (
          <li class="line" key={id}>
            <span>
              <strong>{name(id)}</strong> {at === 0 && <span class="soft">{t("rota_person_now")}</span>}
            </span>
            <span class="line-buttons">
              <Button disabled={at === 0} aria-label={t("move_up", { name: name(id) })} onClick={() => onChange(swapped(at - 1))}>
                ↑
              </Button>
              <Button
                disabled={at === ids.length - 1}
                aria-label={t("move_down", { name: name(id) })}
                onClick={() => onChange(swapped(at))}
              >
                ↓
              </Button>
              <Button aria-label={t("rota_take_out", { name: name(id) })} onClick={() => onChange(ids.filter((one) => one !== id))}>
                {t("remove")}
              </Button>
            </span>
          </li>
        ))}
      </ol>
      <FieldFrame label={t("rota_add_person")} error={error}>
        {(control) => (
          <select {...control} value="" onChange={(event) => onChange([...ids, event.currentTarget.value])}>
            <option value="">{t("choose")}</option>
            {free.map((one) => (
              <option value={one.id} key={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </FieldFrame>
    </>
  );
}
