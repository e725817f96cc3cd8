import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { currentLanguage } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { Field, FieldFrame } from "../../shared/ui/field.tsx";
import { t } from "./i18n/t.ts";
import type { Draft, Finding, Words } from "./types.ts";

export const inLanguage = (path: string): string =>
  `${path}${path.includes("?") ? "&" : "?"}language=${currentLanguage()}`;

export const words = (text: Words): string => text[currentLanguage()] || text["en"] || Object.values(text)[0] || "";

/** What is wrong with one part, at that part. */
export function Findings({ draft, part, of }: { draft: Draft; part: Finding["part"]; of: string }) {
  const found = draft.findings.filter((one) => one.part === part && one.key === of);
  return (
    <>
      {found.map((one) => (
        <p class={`notice notice-${one.level === "fault" ? "bad" : "warn"}`} key={one.text}>
          {one.text}
        </p>
      ))}
    </>
  );
}

interface PartFormProps {
  /** What is wrong, or nothing. */
  save: () => Promise<string>;
  onDone: () => void;
  ready?: boolean;
  children: ComponentChildren;
}

/** One part of the draft being changed: it closes once it is kept, or when it is left. */
export function PartForm({ save, onDone, ready = true, children }: PartFormProps) {
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void save().then((wrong) => wrong || onDone());
      }}
    >
      {children}
      <div class="buttons">
        <Button type="submit" kind="primary" disabled={!ready}>
          {t("keep")}
        </Button>
        <Button onClick={onDone}>{t("leave")}</Button>
      </div>
    </form>
  );
}

const UNITS = { minutes: 1, hours: 60, days: 1440, weeks: 10080 } as const;
type Unit = keyof typeof UNITS;

const unitOf = (minutes: number): Unit =>
  (["weeks", "days", "hours"] as const).find((unit) => minutes >= UNITS[unit] && minutes % UNITS[unit] === 0) ?? "minutes";

/** A span of time: a number and its unit, kept in minutes. */
export function Span({ label, minutes, onChange }: { label: string; minutes: number; onChange: (n: number) => void }) {
  const [unit, setUnit] = useState<Unit>(() => (minutes === 1440 ? "hours" : unitOf(minutes)));
  const count = Math.round((minutes / UNITS[unit]) * 100) / 100;
  const enter = (number: string, of: Unit): void => onChange(Math.max(0, Math.round(Number(number) * UNITS[of])));
  return (
    <div class="pair">
      <Field
        label={label}
        type="number"
        min="0"
        step="any"
        value={String(count)}
        onInput={(event) => enter(event.currentTarget.value, unit)}
      />
      <FieldFrame label={t("unit")}>
        {(attributes) => (
          <select
            {...attributes}
            value={unit}
            onChange={(event) => {
              const next = event.currentTarget.value as Unit;
              setUnit(next);
              enter(String(count), next);
            }}
          >
            {(Object.keys(UNITS) as Unit[]).map((one) => (
              <option value={one} key={one}>
                {t(one)}
              </option>
            ))}
          </select>
        )}
      </FieldFrame>
    </div>
  );
}

interface PickProps {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

export function Pick({ label, value, choices, onChange }: PickProps) {
  return (
    <FieldFrame label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {choices.map(([one, text]) => (
            <option value={one} key={one}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}

export function Check({ label, on, onChange }: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

/** The same words in both languages. */
export function Both({ label, text, onChange }: { label: string; text: Words; onChange: (text: Words) => void }) {
  return (
    <div class="pair">
      {(["en", "es"] as const).map((language) => (
        <Field
          key={language}
          label={`${label} (${t(language)})`}
          lang={language}
          value={text[language] ?? ""}
          onInput={(event) => onChange({ ...text, [language]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}

export const numberOrNull = (entered: string): number | null => (entered.trim() === "" ? null : Number(entered));

/** A list with one of its entries changed in part. */
export const withPart = <T,>(all: readonly T[], at: number, part: Partial<T>): T[] =>
  all.map((one, nth) => (nth === at ? { ...one, ...part } : one));

interface HourBandsProps<T> {
  bands: readonly T[];
  onChange: (bands: T[]) => void;
  children: (band: T, put: (part: Partial<T>) => void) => ComponentChildren;
}

/** What holds before an hour, before the next one, and from the last one on; beside each hour what holds. */
export function HourBands<T extends { below?: number | null }>({ bands, onChange, children }: HourBandsProps<T>) {
  return (
    <>
      {bands.map((band, at) => {
        const put = (part: Partial<T>): void => onChange(withPart(bands, at, part));
        return (
          <div class="pair" key={at}>
            {at < bands.length - 1 ? (
              <Field
                label={t("before_hours")}
                type="number"
                min="0"
                step="any"
                value={band.below == null ? "" : String(band.below)}
                onInput={(event) => put({ below: numberOrNull(event.currentTarget.value) } as Partial<T>)}
              />
            ) : (
              <p>{t("from_then_on")}</p>
            )}
            {children(band, put)}
          </div>
        );
      })}
    </>
  );
}
