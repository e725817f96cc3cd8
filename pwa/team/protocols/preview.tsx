import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { TierMark } from "../parts/tier.tsx";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import { DRUGS, INDICATIONS, PHASES, coded } from "./codes.ts";
import { t } from "./i18n/t.ts";
import { Check, Pick, inLanguage } from "./parts.tsx";
import type { Document, MadeUp, Preview } from "./types.ts";

/** The timeline of a made-up patient: when they would be asked what, and what silence would do. */
export function PreviewPanel({ path, document }: { path: string; document: Document }) {
  const { time_zone: zone } = useMe().clinic;
  const [made, setMade] = useState<Omit<MadeUp, "ended_at">>({
    route: (document.routes[0] ?? "iv") as "iv",
    setting: (document.settings[0] ?? "clinic") as "clinic",
    drug: (document.drugs?.[0] ?? "ketamine") as "ketamine",
    indication: (document.indications?.[0] ?? "depression") as "other",
    number: 3,
    phase: "induction",
    risk: [],
    time_zone: zone,
  });
  const [found, setFound] = useState<Preview>();
  const [problem, setProblem] = useState("");
  const set = (part: Partial<MadeUp>): void => setMade({ ...made, ...part });
  const ask = async (): Promise<void> => {
    const body = { ...made, ended_at: new Date(careNow()).toISOString() };
    const result = await send<Preview>("POST", inLanguage(path), body);
    setProblem(result.ok ? "" : result.problem.body["findings"] ? t("preview_faults") : problemText(result.problem));
    setFound(result.ok ? result.data : undefined);
  };
  return (
    <section class="panel">
      <h2>{t("preview")}</h2>
      <p class="soft">{t("preview_hint")}</p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <div class="pair">
          <Pick
            label={t("route")}
            value={made.route}
            choices={coded("route", document.routes)}
            onChange={(route) => set({ route: route as "iv" })}
          />
          <Pick
            label={t("drug")}
            value={made.drug}
            choices={coded("drug", DRUGS)}
            onChange={(drug) => set({ drug: drug as "ketamine" })}
          />
          <Pick
            label={t("indication")}
            value={made.indication}
            choices={coded("indication", INDICATIONS)}
            onChange={(indication) => set({ indication: indication as "other" })}
          />
          <Pick
            label={t("phase")}
            value={made.phase ?? "induction"}
            choices={PHASES.map((one) => [one, t(one)])}
            onChange={(phase) => set({ phase: phase as "booster" })}
          />
          <Field
            label={t("session_number")}
            type="number"
            min="1"
            value={String(made.number)}
            onInput={(event) => set({ number: Math.max(1, Number(event.currentTarget.value)) })}
          />
        </div>
        <Check
          label={t("with_thoughts")}
          on={made.risk?.includes("suicidal_thoughts") ?? false}
          onChange={(on) => set({ risk: on ? ["suicidal_thoughts"] : [] })}
        />
        <Button type="submit">{t("preview_show")}</Button>
      </form>
      <Notice text={problem} />
      {found && <Timeline found={found} />}
    </section>
  );
}

function Timeline({ found }: { found: Preview }) {
  const zone = useMe().clinic.time_zone;
  const now = careNow();
  const at = (instant: string): string => dayAndTime(instant, zone, now);
  return (
    <>
      <ol class="plain" data-testid="timeline">
        {found.items.map((one) => (
          <li class="group" key={one.key}>
            <p>
              <strong>{one.title}</strong> · {at(one.due_at)}
            </p>
            {one.left_out ? (
              <p class="soft">{t("left_out", { why: codeWord("reason", one.left_out) })}</p>
            ) : (
              <>
                <p class="soft">
                  {t("until", { time: at(one.closes_at) })} · {one.questionnaire} · {t("taps", { count: one.taps })}
                  {one.asked_of === "companion" && ` · ${t("companion")}`}
                  {one.conditional && ` · ${t("only_if")}`}
                </p>
                {one.reminders.length > 0 && (
                  <p class="soft">{t("reminded", { times: one.reminders.map((each) => at(each.at)).join(", ") })}</p>
                )}
                <p>
                  {one.tier && <TierMark tier={one.tier} />} {t("silence", { what: one.silence.join(" ") })}
                </p>
              </>
            )}
          </li>
        ))}
      </ol>
      {found.not_for.length > 0 && <p class="soft">{t("not_for", { steps: found.not_for.join(", ") })}</p>}
    </>
  );
}
