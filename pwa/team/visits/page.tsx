import { useEffect, useState } from "preact/hooks";
import { useStore } from "../../shared/store.ts";
import { Button } from "../../shared/ui/button.tsx";
import { codeWord } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { mayAct, useMe } from "../state/access.ts";
import { announce } from "../state/announce.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Patient } from "../types.ts";
import { BeforeStart, LastVitals, RiskNow } from "./beside.tsx";
import { alsoPossible, emptyForm, formOf, nextStep } from "./draft.ts";
import { v, word } from "./i18n/t.ts";
import { Recorded } from "./recorded.tsx";
import { arrived, leaveOut, mine, waiting, type Outcome, type Waiting } from "./sending.ts";
import { problemWords, StepEntry } from "./stepForm.tsx";
import type { Kind, Step, Visit } from "./types.ts";
import "./visit.css";

export function VisitPage({ visitId }: { visitId: string }) {
  const visit = useLoad<Visit>(`/api/visits/${visitId}`);
  const latest = useStore(arrived);
  useEffect(() => {
    if (latest?.id === visitId) visit.set(latest);
  }, [latest]);
  return (
    <Page title={v("visit")}>
      <Loaded data={visit.data} problem={visit.data ? "" : visit.problem} retry={visit.reload}>
        {(data) => <Sheet visit={data} onChange={visit.set} />}
      </Loaded>
    </Page>
  );
}

interface Doing {
  kind: Kind;
  /** The step that is corrected, or one that was refused and is put right. */
  step?: Pick<Step, "at"> & Partial<Step>;
  corrects?: string | undefined;
}

function Sheet({ visit, onChange }: { visit: Visit; onChange: (visit: Visit) => void }) {
  const me = useMe();
  const [doing, setDoing] = useState<Doing>();
  const [told, setTold] = useState("");
  const [refused, setRefused] = useState("");
  const next = nextStep(visit);
  const current = doing ?? (next ? { kind: next } : undefined);
  const done = (outcome: Outcome, kind: Kind): void => {
    setRefused(outcome.is === "refused" ? problemWords(outcome.problem) : "");
    if (outcome.is === "refused") return;
    setDoing(undefined);
    if (outcome.is === "saved") {
      onChange(outcome.visit);
      setTold(v("saved", { step: word("kind", kind) }));
    } else setTold("");
    window.scrollTo({ top: 0 });
  };
  return (
    <>
      <Head visit={visit} />
      <Notice text={told} kind="good" />
      <Notice text={refused} />
      <Unsent visit={visit} onPutRight={(one) => setDoing({ kind: one.body.kind, step: one.body as Step, corrects: one.body.corrects ?? undefined })} />
      <div class="visit">
        <div>
          {mayAct(me) && current && (
            <section class="panel visit-now">
              <h2>
                {doing?.corrects
                  ? v("correcting", { step: word("kind", current.kind) })
                  : doing
                    ? word("kind", current.kind)
                    : `${v("now_title")}: ${word("kind", current.kind)}`}
              </h2>
              {current.kind === "start" && <BeforeStart visit={visit} />}
              <StepEntry
                key={`${current.kind}${doing?.corrects ?? ""}${visit.steps.length}`}
                visit={visit}
                kind={current.kind}
                start={doing?.step ? formOf(doing.step, visit, me.clinic.time_zone) : emptyForm(visit)}
                corrects={doing?.corrects}
                onDone={done}
              />
              {doing && next && <Button onClick={() => setDoing(undefined)}>{v("back")}</Button>}
            </section>
          )}
          {mayAct(me) && (
            <section class="panel">
              <h2>{v("also")}</h2>
              <div class="quick">
                {alsoPossible(visit).map((kind) => (
                  <Button key={kind} onClick={() => setDoing({ kind })}>
                    {word("kind", kind)}
                  </Button>
                ))}
              </div>
            </section>
          )}
        </div>
        <aside>
          <LastVitals visit={visit} />
          {current?.kind !== "start" && <BeforeStart visit={visit} />}
          <RiskNow visit={visit} />
        </aside>
      </div>
      <Recorded
        visit={visit}
        onCorrect={(step) => {
          setDoing({ kind: step.kind, step, corrects: step.id });
          window.scrollTo({ top: 0 });
        }}
        onDone={done}
      />
    </>
  );
}

function Head({ visit }: { visit: Visit }) {
  const patient = useLoad<Patient>(`/api/patients/${visit.patient_id}`).data;
  const zone = useMe().clinic.time_zone;
  const time = (at: string): string => dayAndTime(at, zone, careNow());
  return (
    <>
      <ul class="facts identity">
        {patient && (
          <li>
            <Link to={`patients/${patient.id}`}>
              {v("for_patient", { name: patient.name, age: patient.age, year: patient.date_of_birth.slice(0, 4) })}
            </Link>
          </li>
        )}
        <li>
          {v("treatment", {
            drug: codeWord("drug", visit.drug),
            dose: visit.dose_mg,
            route: codeWord("route", visit.route),
          })}
        </li>
        <li>{visit.closed_at ? v("over", { time: time(visit.closed_at) }) : v("going_on", { time: time(visit.opened_at) })}</li>
      </ul>
      {visit.session_id && (
        <div class="buttons">
          <Link to={`sessions/${visit.session_id}`} class="button">
            {v("to_session")}
          </Link>
          {visit.drug === "esketamine" && (
            <a class="button" href={`/api/sessions/${visit.session_id}/rems.pdf`} download>
              {v("rems")}
            </a>
          )}
        </div>
      )}
    </>
  );
}

/** What is kept on this device: said loudly, sent by itself. */
function Unsent({ visit, onPutRight }: { visit: Visit; onPutRight: (one: Waiting) => void }) {
  useStore(waiting);
  const here = mine(visit.id);
  const words = (one: Waiting): string => {
    const step = word("kind", one.body.kind);
    return one.problem ? v("not_taken", { step, problem: problemWords(one.problem) }) : v("kept", { step });
  };
  useEffect(() => {
    if (here.length) announce(here.map(words).join(" "));
  }, [here.length]);
  return (
    <>
      {here.map((one) => (
        <div class={`notice notice-${one.problem ? "bad" : "warn"}`} key={one.id} data-testid="unsent">
          <p>{words(one)}</p>
          {one.problem && (
            <div class="buttons">
              <Button
                onClick={() => {
                  onPutRight(one);
                  leaveOut(one.id);
                }}
              >
                {v("put_right")}
              </Button>
              <Button onClick={() => leaveOut(one.id)}>{v("leave_out")}</Button>
            </div>
          )}
        </div>
      ))}
    </>
  );
}
