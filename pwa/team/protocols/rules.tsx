import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { Chips } from "../parts/choices.tsx";
import { t } from "./i18n/t.ts";
import { Both, Check, Findings, HourBands, PartForm, Pick, numberOrNull, words } from "./parts.tsx";
import { numbersOf, withNumber } from "./thresholds.ts";
import type { Editing, Item, Own, Rule, Tier, Words } from "./types.ts";

const TIERS: Tier[] = ["routine", "same_day", "urgent", "emergency"];
const SHOWN = 15;

interface RulesProps {
  editing: Editing;
  may: boolean;
}

/** What an answer means, one sentence a rule. */
export function Rules({ editing, may }: RulesProps) {
  const { document, rules } = editing.draft.shown;
  const [search, setSearch] = useState("");
  const [all, setAll] = useState(false);
  const wanted = search.trim().toLocaleLowerCase();
  const faulty = new Set(editing.draft.findings.filter((one) => one.part === "rule").map((one) => one.key));
  const found = rules
    .filter((one) => !wanted || one.words[0]?.toLocaleLowerCase().includes(wanted))
    .toSorted((a, b) => Number(faulty.has(b.key)) - Number(faulty.has(a.key)));
  const whole = [
    ...document.rules,
    ...document.missed.rules,
    ...(document.rules_off ?? []),
    ...(document.missed.rules_off ?? []),
  ];
  return (
    <section class="panel">
      <h2>{t("rules")}</h2>
      <Field
        label={t("rules_search")}
        type="search"
        value={search}
        onInput={(event) => setSearch(event.currentTarget.value)}
      />
      <p class="soft" role="status">
        {t("rules_n", { count: found.length })}
      </p>
      <ul class="plain">
        {found.slice(0, all ? undefined : SHOWN).map((one) => {
          const rule = whole.find((known) => known.id === one.key);
          return (
            rule && (
              <RuleLine key={one.key} editing={editing} rule={rule} said={one.words[0] ?? ""} off={one.off ?? false} may={may} />
            )
          );
        })}
      </ul>
      {!all && found.length > SHOWN && <Button onClick={() => setAll(true)}>{t("rules_all")}</Button>}
      {may && <NewRule editing={editing} />}
    </section>
  );
}

interface LineProps extends RulesProps {
  rule: Rule;
  said: string;
  off: boolean;
}

function RuleLine({ editing, rule, said, off, may }: LineProps) {
  const [open, setOpen] = useState(false);
  return (
    <li class="group">
      <p>
        {off && <span class="tag">{t("off")}</span>} {said}
      </p>
      <Findings draft={editing.draft} part="rule" of={rule.id} />
      {may && !open && (
        <div class="buttons">
          <Button onClick={() => setOpen(true)} aria-label={t("change_it", { title: said })}>
            {t("change")}
          </Button>
          <Button
            kind="quiet"
            aria-label={`${t(off ? "switch_on" : "switch_off")}: ${said}`}
            onClick={() => void editing.change({ op: "switch_rule", id: rule.id, on: off })}
          >
            {t(off ? "switch_on" : "switch_off")}
          </Button>
          {/^own\.\d+$/.test(rule.id) && (
            <Button kind="quiet" onClick={() => void editing.change({ op: "remove_rule", id: rule.id })}>
              {t("remove_it", { title: said })}
            </Button>
          )}
        </div>
      )}
      {open && <RuleForm editing={editing} rule={rule} onDone={() => setOpen(false)} />}
    </li>
  );
}

function RuleForm({ editing, rule: before, onDone }: { editing: Editing; rule: Rule; onDone: () => void }) {
  const [rule, setRule] = useState(before);
  const set = (part: Partial<Rule>): void => setRule({ ...rule, ...part });
  const bands = rule.tier_by_hours ?? [];
  const tiers = TIERS.map((one) => [one, t(one)] as const);
  return (
    <PartForm save={() => editing.change({ op: "set_rule", rule })} onDone={onDone}>
      {!rule.raise_by && bands.length === 0 && (
        <Pick label={t("tier")} value={rule.tier ?? "routine"} choices={tiers} onChange={(tier) => set({ tier: tier as Tier })} />
      )}
      <HourBands bands={bands} onChange={(tier_by_hours) => set({ tier_by_hours })}>
        {(band, put) => (
          <Pick
            label={t("tier")}
            value={band.tier ?? ""}
            choices={[["", t("nothing")], ...tiers]}
            onChange={(tier) => put({ tier: (tier || null) as Tier | null })}
          />
        )}
      </HourBands>
      {!rule.raise_by && (
        <Button
          kind="quiet"
          onClick={() =>
            set(
              bands.length
                ? { tier_by_hours: [], tier: bands.at(-1)?.tier ?? "same_day" }
                : { tier: null, tier_by_hours: [{ below: 4, tier: rule.tier ?? null }, { below: null, tier: rule.tier ?? null }] },
            )
          }
        >
          {t(bands.length ? "same_always" : "by_hours")}
        </Button>
      )}
      {numbersOf(rule.when).map(({ path, value }, nth) => (
        <Field
          key={path.join(".")}
          label={t("number_n", { n: nth + 1 })}
          type="number"
          step="any"
          value={String(value)}
          onInput={(event) => set({ when: withNumber(rule.when, path, Number(event.currentTarget.value)) })}
        />
      ))}
      <Advice text={rule.advice ?? null} onChange={(advice) => set({ advice })} />
    </PartForm>
  );
}

function Advice({ text, onChange }: { text: Words | null; onChange: (text: Words | null) => void }) {
  const said = (entered: Words): Words | null => (Object.values(entered).some((one) => one.trim()) ? entered : null);
  return <Both label={t("advice")} text={text ?? {}} onChange={(entered) => onChange(said(entered))} />;
}

function NewRule({ editing }: { editing: Editing }) {
  const items = editing.draft.shown.document.questionnaires.flatMap((form) => form.items);
  const asked = items.filter((item) => (item.options ?? []).length > 0 || item.type === "scale");
  const [id, setId] = useState("");
  const [values, setValues] = useState<string[]>([]);
  const [least, setLeast] = useState("");
  const [own, setOwn] = useState<Own>();
  const [tier, setTier] = useState<Tier>("same_day");
  const [advice, setAdvice] = useState<Words | null>(null);
  const item: Item | undefined = asked.find((one) => one.id === id);
  const scale = item?.type === "scale";
  const add = async (): Promise<void> => {
    if (!item) return;
    const about = own ? { own } : scale ? { gte: numberOrNull(least) } : { in: values };
    if (!(await editing.change({ op: "add_rule", item: item.id, ...about, tier, advice }))) setId("");
  };
  return (
    <details>
      <summary>{t("rule_add")}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <Pick
          label={t("question")}
          value={id}
          choices={[["", t("choose")], ...asked.map((one) => [one.id, words(one.text)] as const)]}
          onChange={(chosen) => {
            setId(chosen);
            setValues([]);
            setOwn(undefined);
          }}
        />
        {item && (scale || item.graded) && (
          <Check
            label={t("own_sessions")}
            on={Boolean(own)}
            onChange={(on) => setOwn(on ? { sessions: 3, compare: "every", up: scale ? 3 : 2 } : undefined)}
          />
        )}
        {own && <OwnSessions own={own} onChange={setOwn} />}
        {item && !scale && !own && (
          <Chips
            legend={t("answers")}
            choices={(item.options ?? []).map((option) => ({ value: option.value, label: words(option.text) }))}
            values={values}
            onChange={setValues}
          />
        )}
        {scale && !own && (
          <Field label={t("at_least")} type="number" value={least} onInput={(event) => setLeast(event.currentTarget.value)} />
        )}
        <Pick
          label={t("tier")}
          value={tier}
          choices={TIERS.map((one) => [one, t(one)] as const)}
          onChange={(one) => setTier(one as Tier)}
        />
        <Advice text={advice} onChange={setAdvice} />
        <Button type="submit" kind="primary" disabled={!item || (!scale && !own && values.length === 0)}>
          {t("rule_add")}
        </Button>
      </form>
    </details>
  );
}

/** Worse than the patient's own earlier sessions at the same check-in. */
function OwnSessions({ own, onChange }: { own: Own; onChange: (own: Own) => void }) {
  return (
    <>
      <div class="pair">
        <Field
          label={t("own_count")}
          type="number"
          min="2"
          max="6"
          step="1"
          value={String(own.sessions)}
          onInput={(event) => onChange({ ...own, sessions: Number(event.currentTarget.value) })}
        />
        <Pick
          label={t("own_compare")}
          value={own.compare}
          choices={[
            ["every", t("own_every")],
            ["median", t("own_median")],
          ]}
          onChange={(compare) => onChange({ ...own, compare: compare as Own["compare"] })}
        />
      </div>
      <Field
        label={t("own_up")}
        hint={t("own_up_hint")}
        type="number"
        min="0.5"
        step="any"
        value={String(own.up)}
        onInput={(event) => onChange({ ...own, up: Number(event.currentTarget.value) })}
      />
    </>
  );
}
