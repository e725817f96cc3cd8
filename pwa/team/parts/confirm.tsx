import type { ComponentChildren } from "preact";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { t } from "../i18n/t.ts";

interface ConfirmProps {
  title: string;
  text: string;
  /** Names what will happen, never just "OK". */
  yes: string;
  busy?: boolean;
  onYes: () => void;
  onNo: () => void;
  children?: ComponentChildren;
}

export function Confirm({ title, text, yes, busy = false, onYes, onNo, children }: ConfirmProps) {
  return (
    <Dialog title={title} closeLabel={t("keep")} onClose={onNo} alert>
      <p>{text}</p>
      {children}
      <Button kind="danger" big busy={busy} onClick={onYes}>
        {yes}
      </Button>
    </Dialog>
  );
}
