/** The right control for each type of question. */
import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import type { Act, Item, Option, Value } from "../types.ts";
import { Entry } from "./entry.tsx";
import { toggled } from "./path.ts";
import { Radios } from "./radios.tsx";

interface InputProps {
  item: Item;
  value: Value | undefined;
  onChoose: (value: Value, act: Act | null | undefined, ends: boolean) => void;
  onNext: () => void;
}

/** A scale wider than this is typed instead of tapped. */
const widestScale = 11;

export function Input(props: InputProps) {
  const { item, value, onChoose, onNext } = props;
  switch (item.type) {
    case "choice":
      return (
        <Radios
          choices={item.options ?? []}
          chosen={value}
          onPick={(option) => onChoose(option.value, option.act, true)}
        />
      );
    case "boolean":
      return <Radios choices={yesNo()} chosen={value} onPick={(option) => onChoose(option.value, null, true)} />;
    case "scale":
      if (steps(item).length > widestScale) return <Entry {...props} />;
      return <Radios choices={steps(item)} chosen={value} grid onPick={({ value: at }) => onChoose(at, null, true)} />;
    case "multiple":
      return <Multiple {...props} />;
    case "display":
      return (
        <Button kind="primary" big onClick={onNext}>
          {t("next")}
        </Button>
      );
    default:
      return <Entry {...props} />;
  }
}

function yesNo(): { value: boolean; text: string }[] {
  return [
    { value: true, text: t("yes") },
    { value: false, text: t("no") },
  ];
}

function steps({ min, max, step }: Item): { value: number; text: string }[] {
  const from = min ?? 0;
  const by = step || 1;
  const count = Math.floor(((max ?? 10) - from) / by) + 1;
  const values = Array.from({ length: count }, (_, index) => from + index * by);
  return values.map((value) => ({ value, text: String(value) }));
}

function Multiple({ item, value, onChoose, onNext }: InputProps) {
  const chosen = Array.isArray(value) ? value : [];
  const toggle = (option: Option) => {
    const next = toggled(item, chosen, option);
    onChoose(next, next.includes(option.value) ? option.act : null, false);
  };
  return (
    <>
      <p class="soft">{t("pick_all")}</p>
      <div class="options" role="group" aria-labelledby="question">
        {(item.options ?? []).map((option) => (
          <button
            key={option.value}
            type="button"
            role="checkbox"
            class="option option-multiple"
            aria-checked={chosen.includes(option.value)}
            data-value={option.value}
            onClick={() => toggle(option)}
          >
            {option.text}
          </button>
        ))}
      </div>
      <Button kind="primary" big disabled={item.required && chosen.length === 0} onClick={onNext} data-testid="next">
        {t("next")}
      </Button>
    </>
  );
}
