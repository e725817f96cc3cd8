import { useState } from "preact/hooks";
import { call } from "../shared/api.ts";
import { Button } from "../shared/ui/button.tsx";
import { Field } from "../shared/ui/field.tsx";
import { t } from "./i18n/t.ts";
import { personAt } from "./people.ts";

/** A text back to the clinic's number from one of the phones: a colleague's OK or NO, or STOP. */
export function Reply({ sender }: { sender: string }) {
  const [body, setBody] = useState("");
  const [said, say] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    const result = await call<{ reply: string | null }>("POST", "/demo/texts", { sender, body: body.trim() });
    setBusy(false);
    if (result.ok) setBody("");
    say(result.ok ? (result.data.reply ?? t("reply_none")) : result.problem.detail || t("lost"));
  };
  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Field
        label={t("reply_from", { who: personAt(sender) })}
        hint={t("reply_hint")}
        value={body}
        maxLength={160}
        required
        onInput={(event) => setBody(event.currentTarget.value)}
      />
      <Button type="submit" busy={busy}>
        {t("reply_send")}
      </Button>
      <p role="status">{said}</p>
    </form>
  );
}
