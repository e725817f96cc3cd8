import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { forgetDevice } from "../api.ts";
import { noteBound } from "../bound.ts";
import { hasDraft } from "../drafts.ts";
import { leave as leavePhone } from "../hands.ts";
import { forget } from "../help/help.ts";
import { t } from "../i18n/t.ts";
import { forgetLanguage } from "../language.ts";
import { hasUnsent, sendFirst } from "../outbox.ts";
import { problemText } from "../problem.ts";

export function SignOut() {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const leave = async () => {
    setBusy(true);
    await sendFirst();
    const result = await forgetDevice();
    setBusy(false);
    if (!result.ok && result.problem.kind !== "signed_out") return setError(problemText(result.problem));
    await leavePhone();
    forget();
    noteBound(false);
    forgetLanguage();
    location.replace("/");
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        {t("sign_out")}
      </Button>
      {asking && (
        <Dialog title={t("sign_out")} closeLabel={t("sign_out_no")} onClose={() => setAsking(false)}>
          <p>{t("sign_out_text")}</p>
          {hasDraft() && <p class="notice notice-danger">{t("sign_out_draft")}</p>}
          {hasUnsent() && <p class="notice notice-contact">{t("sign_out_unsent")}</p>}
          {error && <p role="alert">{error}</p>}
          <div class="stack">
            <Button kind="danger" big busy={busy} onClick={() => void leave()}>
              {t("sign_out_yes")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
