import { useEffect, useState } from "preact/hooks";
import { call, type Problem, type Result } from "../shared/api.ts";
import { Button } from "../shared/ui/button.tsx";
import { LanguageSwitch } from "../shared/ui/language-switch.tsx";
import { problemText, seen } from "./calls.ts";
import { t } from "./i18n/t.ts";
import { Notice } from "./parts/notice.tsx";
import { TierMark } from "./parts/tier.tsx";
import { choose, speak } from "./state/language.ts";
import type { PageShown } from "./types.ts";

/** The token of a page's link. It stands in the fragment, which no server sees, and names one alert and one person. */
export function pageToken(): string {
  const token = location.hash.slice(1);
  return location.pathname.startsWith("/team/alerts/") && /^[\w-]{24}$/.test(token) ? token : "";
}

/** What a page opens for somebody who is not signed in: take the alert or pass it on, nothing of the patient. Opening
 * it changes nothing; only a press does. */
export function PageAnswer({ token, onSignIn }: { token: string; onSignIn: () => void }) {
  const [page, setPage] = useState<PageShown | null>(null);
  const [problem, setProblem] = useState("");
  const [passed, setPassed] = useState(false);
  const [busy, setBusy] = useState("");
  const show = (result: Result<PageShown>): void => {
    if (result.ok) {
      speak(result.data.language);
      setPage(result.data);
      setProblem("");
      return;
    }
    const current = result.problem.body.current as PageShown | undefined;
    if (current) setPage(current);
    setProblem(whyNot(result.problem));
  };
  useEffect(() => void call<PageShown>("POST", "/api/page", { token }).then(show), [token]);
  const act = async (what: "acknowledge" | "escalate"): Promise<void> => {
    if (!page) return;
    setBusy(what);
    const result = await call<PageShown>("POST", `/api/page/${what}`, { token, ...seen(page, what) });
    setBusy("");
    setPassed(result.ok && what === "escalate");
    show(result);
  };
  const mayAct = page !== null && !passed && (page.state === "open" || page.yours) && page.state !== "closed";
  return (
    <main class="gate" id="main" data-testid="page-answer">
      <h1>{page ? page.reference : t("paged_title")}</h1>
      {page && (
        <p>
          <TierMark tier={page.tier} />
        </p>
      )}
      <Notice text={problem} />
      {page && <p role="status">{passed ? t("paged_passed") : stateWords(page)}</p>}
      {!page && !problem && <p class="soft">{t("loading")}</p>}
      {mayAct && (
        <div class="buttons">
          {!page.yours && (
            <Button kind="primary" big busy={busy === "acknowledge"} onClick={() => void act("acknowledge")}>
              {t("paged_take")}
            </Button>
          )}
          <Button kind="secondary" big busy={busy === "escalate"} onClick={() => void act("escalate")}>
            {t("paged_pass")}
          </Button>
        </div>
      )}
      <p class="soft">{t("paged_sign_in_why")}</p>
      <Button kind="secondary" onClick={onSignIn}>
        {t("sign_in")}
      </Button>
      <LanguageSwitch onChoose={(language) => choose(language, false)} />
    </main>
  );
}

function stateWords(page: PageShown): string {
  if (page.state === "closed") return t("paged_closed");
  if (page.yours) return t("paged_yours");
  if (page.state === "open") return t("paged_open");
  return t("paged_held", { name: page.held_by ?? "" });
}

function whyNot(problem: Problem): string {
  if (problem.kind === "conflict") return t("paged_changed");
  return problem.kind === "missing" || problem.kind === "invalid" ? t("paged_unknown") : problemText(problem);
}
