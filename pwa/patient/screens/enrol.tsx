/** The first visit: one button binds this phone. Opening the link alone does nothing. */
import { useState } from "preact/hooks";
import { isTransient, type Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { enrol, type Invitation } from "../api.ts";
import { noteBound } from "../bound.ts";
import { Frame, LanguageSwitch } from "../frame.tsx";
import { holdOn, letGo, takenBy } from "../hands.ts";
import { learn } from "../help/help.ts";
import { t } from "../i18n/t.ts";
import { speak } from "../language.ts";
import { hasUnsent, retryNow } from "../outbox.ts";
import { problemText } from "../problem.ts";
import type { My } from "../types.ts";
import { clearAddress, open } from "../view.ts";
import { CodeForm } from "./code-form.tsx";
import { Title } from "./title.tsx";

type Step = { name: "welcome" } | { name: "code" } | { name: "replace"; invitation: Invitation };

export interface EnrolProps {
  token?: string | undefined;
  /** This phone was, or should be, bound: say what happened instead of welcoming. */
  signedOut?: boolean;
  /** Where to go once bound; the start screen otherwise. */
  onBound?: () => void;
}

export function Enrol({ token, signedOut, onBound = () => open({ name: "home" }) }: EnrolProps) {
  const [step, setStep] = useState<Step>({ name: "welcome" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [link, setLink] = useState(token);
  const go = (next: Step) => {
    setError(undefined);
    setStep(next);
  };
  const start = async (invitation: Invitation, replace = false) => {
    setBusy(true);
    setError(undefined);
    await letGo();
    const result = await enrol(invitation, replace);
    setBusy(false);
    if (result.ok) {
      await begin(result.data);
      return onBound();
    }
    // An answer that was cut off may have signed somebody in.
    if (!isTransient(result.problem)) await holdOn();
    if (isBound(result.problem)) return setStep({ name: "replace", invitation });
    if (isUsed(result.problem) && "token" in invitation) {
      clearAddress("/");
      setLink(undefined);
    }
    setError(enrolmentError(result.problem, "token" in invitation));
  };
  const message = error && (
    <p class="notice notice-danger" role="alert">
      {error}
    </p>
  );
  if (step.name === "replace") {
    return (
      <Frame onBack={() => go({ name: "welcome" })}>
        <Title key="replace">{t("replace_title")}</Title>
        <p>{t("replace_text")}</p>
        {message}
        <div class="stack">
          <Button kind="primary" big busy={busy} onClick={() => void start(step.invitation, true)}>
            {t("replace_yes")}
          </Button>
          <Button big onClick={() => go({ name: "welcome" })}>
            {t("replace_no")}
          </Button>
        </div>
      </Frame>
    );
  }
  if (step.name === "code") {
    return (
      <Frame onBack={() => go({ name: "welcome" })}>
        <Title key="code">{t("code_title")}</Title>
        <CodeForm busy={busy} onSubmit={(invitation) => void start(invitation)}>
          {message}
        </CodeForm>
      </Frame>
    );
  }
  return (
    <Frame>
      <Title key="welcome">{signedOut ? t("signed_out_title") : t("welcome_title")}</Title>
      {signedOut ? <p>{t("signed_out_text")}</p> : <Introduction />}
      {hasUnsent() && <p class="notice notice-contact">{t("signed_out_unsent")}</p>}
      {message}
      <div class="stack">
        {link ? (
          <Button kind="primary" big busy={busy} onClick={() => void start({ token: link })}>
            {t("welcome_start")}
          </Button>
        ) : (
          <p>{t("welcome_link")}</p>
        )}
        <Button kind={link ? "secondary" : "primary"} big onClick={() => go({ name: "code" })}>
          {t("welcome_code")}
        </Button>
        <LanguageSwitch />
      </div>
    </Frame>
  );
}

function Introduction() {
  return (
    <ul class="lines">
      <li>{t("welcome_what")}</li>
      <li>{t("welcome_time")}</li>
      <li>{t("welcome_why")}</li>
    </ul>
  );
}

async function begin({ patient, help }: My): Promise<void> {
  await takenBy(patient.id);
  void speak(patient.language);
  learn(help, patient.time_zone);
  noteBound(true);
  clearAddress("/");
  retryNow();
}

function isBound(problem: Problem): boolean {
  return problem.kind === "conflict" && problem.type.includes("already_bound");
}

function isUsed(problem: Problem): boolean {
  return problem.kind === "missing";
}

function enrolmentError(problem: Problem, byLink: boolean): string {
  if (isUsed(problem) || problem.kind === "invalid") return byLink ? t("link_used") : t("code_used");
  return problemText(problem);
}
