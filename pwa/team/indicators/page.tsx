import "../look/indicators.css";
import { useState } from "preact/hooks";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { listPath } from "../calls.ts";
import { codeWord } from "../i18n/t.ts";
import { Loaded, Page } from "../parts/page.tsx";
import { useLoad } from "../state/load.ts";
import type { Indicator, IndicatorPart, Indicators } from "../types.ts";
import { HarmsPanel } from "./harms.tsx";
import { known, t } from "./i18n/t.ts";

type Group = Record<"route" | "setting" | "language" | "older" | "first_sessions", string>;
type Choice = readonly [value: string, label: string];

const nobody: Group = { route: "", setting: "", language: "", older: "", first_sessions: "" };
const routes = ["iv", "im", "sc", "intranasal", "oral", "sublingual"];

/** What the clinic may learn about its own work: counts against goals, and weeks as bars. */
export function IndicatorsPage() {
  const [group, setGroup] = useState(nobody);
  const found = useLoad<Indicators>(listPath("/api/indicators", group));
  return (
    <Page title={t("title")}>
      <p class="soft">{t("hint")}</p>
      <Groups group={group} onChange={setGroup} />
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {({ items }) => items.map((item) => <Measure item={item} key={item.id} />)}
      </Loaded>
      <HarmsPanel onChanged={found.reload} />
    </Page>
  );
}

function Groups({ group, onChange }: { group: Group; onChange: (group: Group) => void }) {
  const pick = (name: keyof Group, label: string, choices: readonly Choice[]) => (
    <FieldFrame label={label}>
      {(attributes) => (
        <select
          {...attributes}
          value={group[name]}
          onChange={(event) => onChange({ ...group, [name]: event.currentTarget.value })}
        >
          <option value="">{t("everybody")}</option>
          {choices.map(([value, text]) => (
            <option value={value} key={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
  return (
    <div class="panel form">
      {pick("route", t("group_route"), routes.map((route) => [route, codeWord("route", route)]))}
      {pick("setting", t("group_setting"), ["clinic", "home"].map((one) => [one, codeWord("setting", one)]))}
      {pick("language", t("group_language"), [["en", t("english")], ["es", t("spanish")]])}
      {pick("older", t("group_age"), [["true", t("older")], ["false", t("younger")]])}
      {pick("first_sessions", t("group_number"), [["true", t("first")], ["false", t("further")]])}
    </div>
  );
}

function Measure({ item }: { item: Indicator }) {
  const counted = item.parts.filter((part) => part.value !== null && part.value !== undefined);
  return (
    <section class="panel" data-testid={item.id}>
      <h2>{known(item.id, item.id)}</h2>
      {counted.length === 0 && <p class="soft">{t("none")}</p>}
      <ul class="plain">
        {counted.map((part) => (
          <li class="line" key={part.name}>
            <Shown part={part} />
          </li>
        ))}
      </ul>
      <Weeks values={item.weekly ?? []} />
    </section>
  );
}

function Shown({ part }: { part: IndicatorPart }) {
  const goal = typeof part.goal === "number" ? inUnit(part, part.goal) : "";
  return (
    <span>
      {label(part.name)}: <strong>{inUnit(part, part.value ?? 0)}</strong>{" "}
      <span class="soft">
        {part.unit !== "count" && t("of_count", { count: part.count })}
        {goal && ` · ${t(part.at_least ? "goal_least" : "goal_most", { goal })}`}
      </span>{" "}
      {typeof part.met === "boolean" && (
        <span class={part.met ? "tag tag-answered" : "tag tag-bad"}>{t(part.met ? "met" : "unmet")}</span>
      )}
    </span>
  );
}

function inUnit(part: IndicatorPart, value: number): string {
  return t(part.unit, { value });
}

/** A rule, or a symptom by route, carries its code behind a colon. */
function label(name: string): string {
  const [first = "", second = ""] = name.split(":");
  if (first === "rule") return codeWord("rule", second).replaceAll(".", " · ");
  const word = known(first, first);
  return second ? `${word} (${codeWord("route", second)})` : word;
}

function Weeks({ values }: { values: readonly (number | null)[] }) {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length < 2) return null;
  const most = Math.max(...numbers, 1);
  const words = values.map((value) => value ?? "–").join(", ");
  return (
    <svg class="weeks" viewBox="0 0 80 24" role="img" aria-label={t("weeks", { values: words })}>
      {values.map((value, week) => {
        const height = value === null ? 0 : Math.max(1, (22 * value) / most);
        return <rect key={week} x={week * 10 + 1} y={24 - height} width="8" height={height} fill="currentColor" />;
      })}
    </svg>
  );
}
