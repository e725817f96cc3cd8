import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../shared/api.ts";
import { Button } from "../shared/ui/button.tsx";
import { Field } from "../shared/ui/field.tsx";
import { problemText } from "./calls.ts";
import { t } from "./i18n/t.ts";
import { LanguageSwitch } from "../shared/ui/language-switch.tsx";
import { Notice } from "./parts/notice.tsx";
import { signIn } from "./state/access.ts";
import { choose } from "./state/language.ts";

/** The way in; with `ended`, the unmistakable word that the page has stopped speaking. */
/** Kept while the page is open, so that signing in again asks only for the password. */
let lastEmail = "";

export function SignIn({ ended }: { ended: boolean }) {
  const [email, setEmail] = useState(ended ? lastEmail : "");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fields = first.current?.querySelectorAll("input");
    (email ? fields?.[1] : fields?.[0])?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    lastEmail = email.trim();
    const failed = await signIn(email.trim(), password);
    setBusy(false);
    if (failed) {
      setPassword("");
      setProblem(whyNot(failed));
    }
  };
  return (
    <main class="gate" id="main" ref={first}>
      {ended && (
        <div class="signed-out" role="alert">
          <strong>{t("signed_out")}</strong> {t("signed_out_pages")}
        </div>
      )}
      <h1>{ended ? t("sign_in_again") : t("sign_in_title")}</h1>
      <form onSubmit={(event) => void submit(event)}>
        <Field
          label={t("email")}
          type="email"
          autocomplete="username"
          required
          value={email}
          onInput={(e) => setEmail(e.currentTarget.value)}
        />
        <Field
          label={t("password")}
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onInput={(e) => setPassword(e.currentTarget.value)}
        />
        <Notice text={problem} />
        <Button kind="primary" big type="submit" busy={busy}>
          {t("sign_in")}
        </Button>
      </form>
      <LanguageSwitch onChoose={(language) => choose(language, false)} />
    </main>
  );
}

function whyNot(problem: Problem): string {
  if (problem.status === 401 || problem.status === 422) return t("sign_in_wrong");
  return problemText(problem);
}
