/** Loads one form, keeps its draft, and follows it until it is stored. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Problem, Result } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { getCheckIn, getReportForm } from "../api.ts";
import { draftOf, dropDraft } from "../drafts.ts";
import { newDraft } from "../form/draft.ts";
import { Form } from "../form/form.tsx";
import { submit, type Extras, type Target } from "../form/submit.ts";
import { Frame } from "../frame.tsx";
import { learn } from "../help/help.ts";
import { t } from "../i18n/t.ts";
import { problemText } from "../problem.ts";
import type { CheckIn, Questionnaire } from "../types.ts";
import { open } from "../view.ts";
import { Enrol } from "./enrol.tsx";
import { Sent } from "./sent.tsx";
import { StrangerDone } from "./stranger-done.tsx";
import { Title } from "./title.tsx";

export interface Loaded {
  questionnaire: Questionnaire;
  target: Target;
  notice: string | null;
}

export function CheckInScreen({ id }: { id: string }) {
  return <Loader load={() => loadCheckIn(id)} />;
}

export function ReportScreen() {
  return <Loader load={loadReport} />;
}

/** The part of a check-in that the form needs; `linked`: opened by a message link, not by a known phone. The companion's
    link needs no birth year. */
export function fromCheckIn(checkIn: CheckIn, linked?: { needsBirthYear: boolean }): Loaded {
  learn(checkIn.help);
  const byToken = linked !== undefined;
  return {
    questionnaire: checkIn.questionnaire,
    notice: checkIn.private_notice?.text ?? null,
    target: {
      key: checkIn.id,
      kind: "check_in",
      url: `/api/my/check-ins/${encodeURIComponent(checkIn.id)}`,
      bearer: byToken ? checkIn.submit_token : undefined,
      fallbackBearer: byToken ? undefined : checkIn.submit_token,
      needsBirthYear: linked?.needsBirthYear ?? false,
    },
  };
}

async function loadCheckIn(id: string): Promise<Result<Loaded>> {
  const result = await getCheckIn(id);
  return result.ok ? { ...result, data: fromCheckIn(result.data) } : result;
}

/** An unprompted report may skip every question. */
async function loadReport(): Promise<Result<Loaded>> {
  const result = await getReportForm();
  if (!result.ok) return result;
  learn(result.data.help);
  const target: Target = { key: "report", kind: "report", url: "/api/my/reports", needsBirthYear: false };
  const { questionnaire } = result.data;
  const items = questionnaire.items.map((item) => ({ ...item, required: false }));
  return { ...result, data: { questionnaire: { ...questionnaire, items }, notice: null, target } };
}

function Loader({ load }: { load: () => Promise<Result<Loaded>> }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [problem, setProblem] = useState<Problem>();
  const run = async () => {
    setProblem(undefined);
    const result = await load();
    if (result.ok) setLoaded(result.data);
    else setProblem(result.problem);
  };
  useEffect(() => void run(), []);
  if (loaded) return <Answering {...loaded} />;
  if (problem?.kind === "signed_out") return <Enrol signedOut onBound={() => void run()} />;
  return (
    <Frame onBack={() => open({ name: "home" })}>
      {problem ? (
        <>
          <Title>{t("app_name")}</Title>
          <p class="notice" role="alert">
            {problemText(problem)}
          </p>
          <Button kind="primary" big onClick={() => void run()}>
            {t("try_again")}
          </Button>
        </>
      ) : (
        <p role="status">{t("loading")}</p>
      )}
    </Frame>
  );
}

export function Answering({ questionnaire, target, notice }: Loaded) {
  const store = useMemo(
    () => draftOf(target.key, () => newDraft(questionnaire, crypto.randomUUID(), new Date().toISOString())),
    [target.key],
  );
  const [sent, setSent] = useState<string>();
  const [told, setTold] = useState<string>();
  const send = (extras: Extras) => setSent(submit(target, questionnaire, store.get(), extras));
  const isStranger = () => {
    const draft = store.get();
    dropDraft(target.key);
    setTold(submit(target, questionnaire, draft, {}));
  };
  if (told) return <StrangerDone id={told} />;
  if (sent) return <Sent id={sent} target={target} />;
  const form = { questionnaire, target, notice, store };
  return <Form {...form} onSend={send} onStranger={isStranger} />;
}

