import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

type Kind = "primary" | "secondary" | "quiet" | "danger";

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "size"> {
  kind?: Kind;
  /** Full width and at least 56 px high. */
  big?: boolean;
  /** Disabled and announced as busy while something is on its way. */
  busy?: boolean;
  children: ComponentChildren;
}

export function Button({ kind = "secondary", big, busy, disabled, children, class: extra, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      class={`button button-${kind}${big ? " button-big" : ""}${extra ? ` ${String(extra)}` : ""}`}
      disabled={Boolean(disabled) || Boolean(busy)}
      aria-busy={busy ? "true" : undefined}
    >
      {children}
    </button>
  );
}

interface CallLinkProps {
  number: string;
  kind?: Kind;
  children: ComponentChildren;
  testid?: string;
}

/** A telephone link that looks and feels like a big button. */
export function CallLink({ number, kind = "primary", children, testid }: CallLinkProps) {
  return (
    <a class={`button button-${kind} button-big`} href={`tel:${number.replace(/[^\d+*#]/g, "")}`} data-testid={testid}>
      {children}
    </a>
  );
}
