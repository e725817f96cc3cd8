import { useId } from "preact/hooks";

export interface Choice {
  value: string;
  label: string;
}

interface ChoicesProps {
  legend: string;
  name: string;
  choices: Choice[];
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
}

/** A row of big radio buttons. */
export function Choices({ legend, name, choices, value, onChange, error }: ChoicesProps) {
  const id = useId();
  return (
    <fieldset class="choices" aria-describedby={error ? `${id}-error` : undefined}>
      <legend>{legend}</legend>
      <div class="choices-row">
        {choices.map((choice) => (
          <label class="choice" key={choice.value}>
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={value === choice.value}
              onChange={() => onChange(choice.value)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

interface ChipsProps {
  legend: string;
  hint?: string;
  choices: Choice[];
  values: string[];
  onChange: (values: string[]) => void;
}

/** Any number of chips. */
export function Chips({ legend, hint, choices, values, onChange }: ChipsProps) {
  const id = useId();
  const toggle = (value: string): void =>
    onChange(values.includes(value) ? values.filter((one) => one !== value) : [...values, value]);
  return (
    <fieldset class="choices" aria-describedby={hint ? `${id}-hint` : undefined}>
      <legend>{legend}</legend>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class="choices-row">
        {choices.map((choice) => (
          <label class="choice" key={choice.value}>
            <input type="checkbox" checked={values.includes(choice.value)} onChange={() => toggle(choice.value)} />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
