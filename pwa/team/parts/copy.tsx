import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { announce } from "../state/announce.ts";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("");
  const copy = async (): Promise<void> => {
    const done = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    say(done ? t("copied") : t("copy_failed"));
    announce(done ? t("copied") : t("copy_failed"));
  };
  return <Button onClick={() => void copy()}>{said || label}</Button>;
}
