import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

interface DialogProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Fills the screen on a phone. */
  full?: boolean;
  /** For messages that must be met first: announced at once. */
  alert?: boolean;
  /** false when the children bring their own way out. */
  closeButton?: boolean;
  testid?: string;
}

/** A modal on the browser's own dialog element: focus stays inside, Escape closes, focus returns. */
export function Dialog({ title, closeLabel, onClose, children, full, alert, closeButton = true, testid }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // At once, both ways: the next key must not meet the page behind. Closing gives the focus back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    dialog?.querySelector("h2")?.focus();
    return () => dialog?.close();
  }, []);
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog
      ref={ref}
      class={full ? "dialog dialog-full" : "dialog"}
      role={alert ? "alertdialog" : undefined}
      aria-labelledby={heading}
      onCancel={cancel}
      data-testid={testid}
    >
      <h2 id={heading} tabIndex={-1}>
        {title}
      </h2>
      {children}
      {closeButton && (
        <Button big onClick={onClose}>
          {closeLabel}
        </Button>
      )}
    </dialog>
  );
}
