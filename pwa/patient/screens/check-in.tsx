/** Loads one form. */
import { useEffect, useState } from "preact/hooks";
import type { Problem, Result } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import type { Target } from "../form/submit.ts";
import { Frame } from "../frame.tsx";
import { holding } from "../hands.ts";
import { learn } from "../help/help.ts";
import { checkInForm, reportForm } from "../kept.ts";
import { t } from "../i18n/t.ts";
import { problemText } from "../problem.ts";
import type { CheckIn } from "../types.ts";
import { open } from "../view.ts";
import type { AnsweringProps as Loaded } from "./answering.tsx";
import { Enrol } from "./enrol.tsx";
import { Answering } from "./later.tsx";
import { Title } from "./title.tsx";

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
  return {
    questionnaire: checkIn.questionnaire,
    notice: checkIn.private_notice?.text ?? null,
    target: {
      key: checkIn.id,
      kind: "check_in",
      url: `/api/my/check-ins/${encodeURIComponent(checkIn.id)}`,
      sealing: checkIn.sealing,
      bearer: checkIn.submit_token,
      owner: linked ? undefined : holding.get(),
      needsBirthYear: linked?.needsBirthYear ?? false,
    },
  };
}

async function loadCheckIn(id: string): Promise<Result<Loaded>> {
  const result = await checkInForm(id);
  return result.ok ? { ...result, data: fromCheckIn(result.data) } : result;
}

/** An unprompted report may skip every question. */
async function loadReport(): Promise<Result<Loaded>> {
  const result = await reportForm();
  if (!result.ok) return result;
  learn(result.data.help);
  const { questionnaire, sealing, patient_id: owner } = result.data;
  const kind = "report";
  const target: Target = { key: `${kind} ${owner}`, kind, url: "/api/my/sealed-reports", sealing, owner, needsBirthYear: false };
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
