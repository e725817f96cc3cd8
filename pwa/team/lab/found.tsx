import { Link } from "../parts/link.tsx";
import { TierMark } from "../parts/tier.tsx";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Case, Report, Side } from "./trying.ts";
import { w } from "./words.ts";

/** What came of a try: how often it calls, what changes, whose answers, which rules. */
export function Found({ report }: { report: Report }) {
  const { answered, silent, patients, weeks } = report;
  if (answered + silent + report.not_asked === 0) return <p class="notice">{w("nothing")}</p>;
  return (
    <>
      <section class="panel" aria-labelledby="lab-calls">
        <h2 id="lab-calls">{w("calls")}</h2>
        <p class="lab-said">
          {w("calls_sentence", { now: short(report.after.per_100), before: short(report.before.per_100) })}
        </p>
        <Loads before={report.before} after={report.after} />
        <p class="soft">{w("counted", { count: answered, patients, weeks: short(weeks), silent })}</p>
        {report.not_asked > 0 && <p class="soft">{w("not_asked", { count: report.not_asked })}</p>}
      </section>
      <section class="panel" aria-labelledby="lab-changes">
        <h2 id="lab-changes">{w("changes")}</h2>
        <Changes report={report} />
      </section>
      {report.cases.length > 0 && <Cases cases={report.cases} leftOut={report.left_out} />}
      {report.rules.length > 0 && <Rules report={report} />}
    </>
  );
}

function short(figure: number): string {
  return figure.toLocaleString(document.documentElement.lang || "en", { maximumFractionDigits: 1 });
}

function Loads({ before, after }: { before: Side; after: Side }) {
  const sides = [before, after];
  return (
    <table class="lab-table">
      <thead>
        <tr>
          <th scope="col">{w("tier")}</th>
          <th scope="col">{w("before")}</th>
          <th scope="col">{w("with_this")}</th>
        </tr>
      </thead>
      <tbody>
        {after.tiers.map(({ tier }, row) => (
          <tr key={tier}>
            <th scope="row">
              <TierMark tier={tier} />
            </th>
            {sides.map((side, column) => (
              <Load key={column} load={side.tiers[row]} />
            ))}
          </tr>
        ))}
        <tr>
          <th scope="row">{w("together")}</th>
          {sides.map((side, column) => (
            <Load key={column} load={{ count: side.alerts, per_100: side.per_100, per_week: side.per_week }} />
          ))}
        </tr>
        <tr>
          <th scope="row">{w("silences")}</th>
          {sides.map((side, column) => (
            <td key={column}>{side.silences}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

interface LoadShown {
  count: number;
  per_100: number;
  per_week: number;
}

function Load({ load }: { load: LoadShown | undefined }) {
  if (!load) return <td />;
  return (
    <td>
      <strong>{load.count}</strong>
      <small>
        {short(load.per_100)} {w("of_100")}
      </small>
      <small>
        {short(load.per_week)} {w("a_week")}
      </small>
    </td>
  );
}

function Changes({ report }: { report: Report }) {
  const changes = (["new", "gone", "higher", "lower"] as const).filter((change) => report[change] > 0);
  if (changes.length === 0) return <p>{w("changes_none")}</p>;
  return (
    <ul class="plain lab-changes">
      {changes.map((change) => (
        <li key={change}>
          <strong>{report[change]}</strong> {w(`change_${change}`)}
        </li>
      ))}
    </ul>
  );
}

function Cases({ cases, leftOut }: { cases: Case[]; leftOut: number }) {
  return (
    <section class="panel" aria-labelledby="lab-cases">
      <h2 id="lab-cases">{w("cases")}</h2>
      <ul class="plain">
        {cases.map((one, nth) => (
          <li class="lab-case" key={nth}>
            <OneCase one={one} />
          </li>
        ))}
      </ul>
      {leftOut > 0 && <p class="soft">{w("left_out", { count: leftOut })}</p>}
    </section>
  );
}

function OneCase({ one }: { one: Case }) {
  const zone = useMe().clinic.time_zone;
  return (
    <>
      <p>
        <span class="tag">{w(`change_${one.change}`)}</span> <TierMark tier={one.before} />
        <span aria-hidden="true"> → </span>
        <TierMark tier={one.after} />
      </p>
      <p class="soft">
        {one.patient_id && <Link to={`patients/${one.patient_id}`}>{one.patient_name}</Link>}
        {one.patient_id && " · "}
        {one.check_in} · {dayAndTime(one.at, zone, careNow())}
        {one.missed && ` · ${w("no_answer")}`}
      </p>
      {one.was.length > 0 && <p>{w("was", { words: one.was.join(" · ") })}</p>}
      {one.now.length > 0 && <p>{w("now", { words: one.now.join(" · ") })}</p>}
    </>
  );
}

function Rules({ report }: { report: Report }) {
  return (
    <section class="panel" aria-labelledby="lab-rules">
      <h2 id="lab-rules">{w("rules")}</h2>
      <table class="lab-table">
        <thead>
          <tr>
            <th scope="col">{w("rule")}</th>
            <th scope="col">{w("before")}</th>
            <th scope="col">{w("with_this")}</th>
          </tr>
        </thead>
        <tbody>
          {report.rules.map(({ rule, words, before, after, useful }) => (
            <tr key={rule}>
              <th scope="row">
                {words}
                <small>
                  {w("useful")}:{" "}
                  {useful.needed + useful.worth_knowing + useful.not_needed === 0
                    ? w("useful_none")
                    : w("useful_all", { needed: useful.needed, worth: useful.worth_knowing, not: useful.not_needed })}
                </small>
              </th>
              <td>{before}</td>
              <td>{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
