import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

/** Preact's own input type is a union by `type`, which a wrapper cannot pass on. */
type InputAttributes = Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "label">;

interface FieldProps extends InputAttributes {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  type?: string;
  /** The id of a datalist. */
  list?: string;
}

/** One labelled input with its hint and its error tied to it. */
export function Field({ label, hint, error, ...rest }: FieldProps) {
  return (
    <FieldFrame label={label} hint={hint} error={error}>
      {(attributes) => <input {...(rest as InputHTMLAttributes<HTMLInputElement>)} {...attributes} />}
    </FieldFrame>
  );
}

interface Control {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": "true" | undefined;
}

interface FrameProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (attributes: Control) => ComponentChildren;
}

/** The frame of a field, for selects and text areas too. */
export function FieldFrame({ label, hint, error, children }: FrameProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined })}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
