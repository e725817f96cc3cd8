import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { get, listPath, problemText } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { TierMark } from "../parts/tier.tsx";
import { mayAct, mayImport, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime, plainDate } from "../time/words.ts";
import type { Page as List, PatientRow, Tier } from "../types.ts";

const LIMIT = 50;

export function PatientsPage() {
  const me = useMe();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), 250);
    return () => clearTimeout(timer);
  }, [typed]);
  const found = useLoad<List<PatientRow>>(listPath("/api/patients", { limit: LIMIT, q }));
  const beside = (
    <div class="buttons">
      {mayImport(me) && (
        <Link to="sessions/import" class="button">
          {t("import")}
        </Link>
      )}
      {mayAct(me) && (
        <Link to="patients/new" class="button button-primary">
          {t("enrol")}
        </Link>
      )}
    </div>
  );
  return (
    <Page title={t("patients")} beside={beside}>
      <div class="search">
        <Field
          label={t("search")}
          type="search"
          autocomplete="off"
          value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)}
        />
      </div>
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {(list) => <Rows first={list} q={q} key={`${q}${list.items[0]?.id}${list.items.length}`} />}
      </Loaded>
    </Page>
  );
}

function Rows({ first, q }: { first: List<PatientRow>; q: string }) {
  const [more, setMore] = useState<List<PatientRow>>({ items: [], next: first.next ?? null });
  const [problem, setProblem] = useState("");
  const rows = [...first.items, ...more.items];
  const load = async (): Promise<void> => {
    const result = await get<List<PatientRow>>(listPath("/api/patients", { limit: LIMIT, q, after: more.next ?? "" }));
    if (result.ok) setMore({ items: [...more.items, ...result.data.items], next: result.data.next ?? null });
    else setProblem(problemText(result.problem));
  };
  if (!rows.length) return <p class="soft">{q ? t("nobody_found", { q }) : t("no_patients")}</p>;
  return (
    <>
      <ul class="rows">
        {rows.map((row) => (
          <Row row={row} key={row.id} />
        ))}
      </ul>
      {problem && <p class="notice notice-bad">{problem}</p>}
      {more.next && <Button onClick={() => void load()}>{t("show_more")}</Button>}
    </>
  );
}

function Row({ row }: { row: PatientRow }) {
  const zone = useMe().clinic.time_zone;
  const now = careNow();
  return (
    <li>
      <Link to={`patients/${row.id}`} class="row">
        <span class="row-main">
          <strong>{row.name}</strong>{" "}
          <span class="soft">{t("aged", { age: row.age, year: plainDate(row.date_of_birth) })}</span>
        </span>
        <span class="row-side">
          {row.open_alert_tier && <TierMark tier={row.open_alert_tier as Tier} />}
          {!row.device_bound && <span class="tag">{t("no_phone")}</span>}
          <span class="soft">
            {row.last_session_at
              ? t("last_session", { time: dayAndTime(row.last_session_at, zone, now) })
              : t("no_session")}
          </span>
          {row.next_check_in_at && (
            <span class="soft">{t("next_check_in", { time: dayAndTime(row.next_check_in_at, zone, now) })}</span>
          )}
        </span>
      </Link>
    </li>
  );
}
