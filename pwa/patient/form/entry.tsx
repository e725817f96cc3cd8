import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import type { Item, Value } from "../types.ts";
import { readEntry } from "./entry-value.ts";

interface EntryProps {
  item: Item;
  value: Value | undefined;
  onChoose: (value: Value, act: null, ends: boolean) => void;
  onNext: () => void;
}

/** A typed answer. Nothing is filled in beforehand. */
export function Entry({ item, value, onChoose, onNext }: EntryProps) {
  const [text, setText] = useState(value === undefined ? "" : String(value));
  const [error, setError] = useState<string>();
  const submit = (event: Event) => {
    event.preventDefault();
    const read = readEntry(item, text);
    if (read === undefined && (item.required || text.trim())) return setError(wrong(item));
    if (read !== undefined) onChoose(read, null, true);
    else onNext();
  };
  const onInput = (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value);
  const shared = { value: text, onInput };
  return (
    <form onSubmit={submit} noValidate>
      {item.type === "text" ? (
        <FieldFrame label={item.text} error={error}>
          {(attributes) => <textarea {...attributes} {...shared} rows={4} maxLength={Math.min(item.max ?? 4000, 4000)} />}
        </FieldFrame>
      ) : (
        <Field label={labelOf(item)} error={error} {...kind(item)} {...shared} />
      )}
      <Button kind="primary" big type="submit" data-testid="next">
        {t("next")}
      </Button>
    </form>
  );
}

function labelOf({ text, unit }: Item): string {
  return unit ? `${text} (${unit})` : text;
}

function kind(item: Item): { type: "date" | "time" | "text"; inputMode?: "numeric" | "decimal" } {
  if (item.type === "date" || item.type === "time") return { type: item.type };
  return { type: "text", inputMode: item.type === "decimal" ? "decimal" : "numeric" };
}

function wrong({ type, min, max }: Item): string {
  const ranged = type === "integer" || type === "decimal" || type === "scale";
  return ranged && min != null && max != null ? t("number_wrong", { min, max }) : t("answer_missing");
}
