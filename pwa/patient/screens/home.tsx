import { useEffect, useState } from "preact/hooks";
import type { Result } from "../../shared/api.ts";
import { useStore } from "../../shared/store.ts";
import { Button } from "../../shared/ui/button.tsx";
import { getCheckIns, getMy } from "../api.ts";
import { isBound, noteBound } from "../bound.ts";
import { Frame, LanguageSwitch } from "../frame.tsx";
import { takenBy } from "../hands.ts";
import { clinicPhone, known, learn } from "../help/help.ts";
import { ClinicCall } from "../help/sheet.tsx";
import { t } from "../i18n/t.ts";
import { InstallHint } from "../install-hint.tsx";
import { aged, forgetKept, freshOrKept, home, isKept, keepForms } from "../kept.ts";
import { settleLanguage, speak } from "../language.ts";
import { outbox, sendingOf } from "../outbox.ts";
import { problemText } from "../problem.ts";
import { Notifications } from "../push/offer.tsx";
import { takeUpdate, updateReady } from "../update.ts";
import type { CheckInRow, My, Resting, Restriction } from "../types.ts";
import { open } from "../view.ts";
import { Unsent } from "../waiting.tsx";
import { when } from "../when.ts";
import { ZoneNote } from "../zone-note.tsx";
import { Enrol } from "./enrol.tsx";
import { Restrictions } from "./restrictions.tsx";
import { SignOut } from "./sign-out.tsx";
import { Title } from "./title.tsx";

type State =
  | { name: "loading" }
  | { name: "signed_out" }
  | { name: "failed"; text: string }
  | { name: "here"; data: Data };

interface Data {
  my: My;
  now: string;
  items: CheckInRow[];
  /** Missing on a page kept by an older app, as the next. */
  restrictions?: Restriction[];
  rest?: Resting | null;
}

const refreshMs = 60_000;
/** A course has months of weeks to come. */
const comingShown = 4;
/** After this the list as last seen is shown. */
const patienceMs = 4_000;

export function Home() {
  const [state, setState] = useState<State>({ name: "loading" });
  const [stale, setStale] = useState(false);
  const load = async () => {
    await settleLanguage();
    const result = await freshOrKept(home, ask(), patienceMs, ({ my }) => my.patient.id);
    if (result.ok) {
      const { my, now, items } = result.data;
      await speak(my.patient.language);
      learn(my.help, my.patient.time_zone);
      setStale(isKept(result));
      if (isKept(result)) return setState({ name: "here", data: later(result.data, result.at) });
      noteBound(true);
      await takenBy(my.patient.id);
      void keepForms(items, Date.parse(now), my.patient.language);
      return setState({ name: "here", data: result.data });
    }
    const { problem } = result;
    if (problem.kind === "signed_out") {
      noteBound(false);
      void forgetKept();
      return setState({ name: "signed_out" });
    }
    setStale(true);
    setState((before) => (before.name === "here" ? before : { name: "failed", text: problemText(problem) }));
  };
  useEffect(() => whileVisible(() => void load()), []);
  const arrived = [...useStore(outbox).values()].filter((sending) => sending.state === "stored").length;
  // What has just arrived is no longer to be answered.
  useEffect(() => void (arrived && load()), [arrived]);
  if (state.name === "signed_out") return <Enrol signedOut onBound={() => void load()} />;
  return (
    <Frame>
      {state.name === "loading" && <p role="status">{t("loading")}</p>}
      {state.name === "failed" && <Failed text={state.text} onRetry={() => void load()} />}
      {state.name === "here" && <Overview data={state.data} stale={stale} onLanguage={() => void load()} />}
    </Frame>
  );
}

async function ask(): Promise<Result<Data>> {
  // A phone that is not set up is refused once, not twice.
  const early = isBound() ? getCheckIns() : undefined;
  const my = await getMy();
  if (!my.ok) return my;
  const checkIns = await (early ?? getCheckIns());
  return checkIns.ok ? { ...checkIns, data: { my: my.data, ...checkIns.data } } : checkIns;
}

/** The list as it must be by now, seen last at `at` of the phone's clock. */
function later(data: Data, at: number): Data {
  const now = Date.parse(data.now) + Math.max(0, Date.now() - at);
  return { ...data, now: new Date(now).toISOString(), items: aged(data.items, now) };
}

function Failed({ text, onRetry }: { text: string; onRetry: () => void }) {
  const clinic = clinicPhone(useStore(known));
  return (
    <>
      <Title>{t("app_name")}</Title>
      <p class="notice" role="alert">
        {text}
      </p>
      <Unsent />
      <div class="stack">
        <Button kind="primary" big onClick={onRetry}>
          {t("try_again")}
        </Button>
        {clinic && <ClinicCall number={clinic} />}
      </div>
    </>
  );
}

interface OverviewProps {
  data: Data;
  stale: boolean;
  onLanguage: () => void;
}

function Overview({ data: { my, now, items, restrictions = [], rest }, stale, onLanguage }: OverviewProps) {
  useStore(outbox);
  const unanswered = items.filter((item) => !sendingOf(item.id));
  const due = unanswered.filter((item) => item.state === "open");
  const missed = unanswered.filter((item) => item.state === "missed");
  const coming = items.filter((item) => item.state === "planned");
  const resting = rest && !(rest.until && Date.parse(rest.until) <= Date.parse(now));
  return (
    <>
      <Title>{t("hello", { name: my.patient.first_name })}</Title>
      {stale && (
        <p class="notice" role="status">
          {t("stale")}
        </p>
      )}
      {my.attention && (
        <section class="card card-due" role="status">
          <p>{my.attention.text}</p>
          <ZoneNote text={my.attention.text} />
        </section>
      )}
      <Unsent />
      <Update />
      {resting && (
        <section class="card" data-testid="rest">
          <h2>{rest?.until ? t("rest_until", { time: when(rest.until, now) }) : t("rest")}</h2>
          <p>{t("rest_help", { report: t("report") })}</p>
        </section>
      )}
      {due.map((item) => (
        <section class={resting ? "card" : "card card-due"} key={item.id}>
          <h2>{resting ? t("rest_open", { title: item.title }) : t("due_now", { title: item.title })}</h2>
          <Button kind="primary" big onClick={() => open({ name: "check_in", id: item.id })}>
            {t("due_start")}
          </Button>
          <p class="soft">{t("due_until", { time: when(item.closes_at, now) })}</p>
        </section>
      ))}
      {due.length === 0 && !my.attention && !resting && <p>{t("due_none")}</p>}
      {missed.map((item) => (
        <section class="card" key={item.id}>
          <h2>{t("missed", { title: item.title })}</h2>
          <Button big onClick={() => open({ name: "check_in", id: item.id })}>
            {t("missed_answer")}
          </Button>
        </section>
      ))}
      <Restrictions items={restrictions} now={now} />
      <section class="stack">
        <Button big onClick={() => open({ name: "report" })}>
          {t("report")}
        </Button>
        <p class="soft">{t("report_hint")}</p>
        {my.clinic.phone && <ClinicCall number={my.clinic.phone} />}
        <p class="soft">{my.clinic.hours_text}</p>
      </section>
      {!(resting && coming.length === 0) && <Coming items={coming} now={now} rest={rest} />}
      <Notifications />
      <InstallHint />
      <footer class="foot">
        <LanguageSwitch onChoose={onLanguage} />
        <SignOut />
      </footer>
    </>
  );
}

function Update() {
  if (!useStore(updateReady)) return null;
  return (
    <section class="notice stack" data-testid="update">
      <p>{t("update_ready")}</p>
      <Button big onClick={takeUpdate}>
        {t("update_now")}
      </Button>
    </section>
  );
}

/** What falls into a rest is asked when that is over. */
function Coming({ items, now, rest }: { items: readonly CheckInRow[]; now: string; rest: Resting | null | undefined }) {
  const until = rest?.until;
  const asked = (due: string): string => (until && Date.parse(until) > Date.parse(due) ? until : due);
  return (
    <section>
      <h2>{t("coming")}</h2>
      {items.length === 0 && <p>{t("coming_none")}</p>}
      <ul class="rows">
        {items.slice(0, comingShown).map((item) => (
          <li key={item.id}>
            <span>{item.title}</span>
            <span>{when(asked(item.due_at), now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Runs now, each minute while the page is looked at, and on return to it. */
function whileVisible(run: () => void): () => void {
  const look = () => document.visibilityState === "visible" && run();
  const timer = setInterval(look, refreshMs);
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
  run();
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    removeEventListener("online", look);
  };
}

