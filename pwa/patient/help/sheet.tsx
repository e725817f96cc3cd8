import { useLanguage } from "../../shared/i18n/language.ts";
import { useStore } from "../../shared/store.ts";
import { CallLink } from "../../shared/ui/button.tsx";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { t } from "../i18n/t.ts";
import type { Line } from "../types.ts";
import { known, numbersNow, sheetOpen } from "./help.ts";
import { countries } from "./numbers.ts";

/** Everything a person may need at once, one tap from every screen, without network or sign-in. */
export function HelpSheet() {
  const numbers = numbersNow(useStore(known));
  return (
    <Dialog title={t("help_now")} closeLabel={t("close")} onClose={() => sheetOpen.set(false)} full testid="help-sheet">
      <section class="help-part">
        <h3>{t("help_emergency")}</h3>
        <p class="strong">{t("help_throat")}</p>
        <EmergencyCall number={numbers.emergency} />
      </section>
      {numbers.crisis.length > 0 && (
        <section class="help-part">
          <h3>{t("help_crisis")}</h3>
          <CrisisCalls lines={numbers.crisis} />
        </section>
      )}
      <section class="help-part">
        <h3>{t("help_clinic")}</h3>
        {numbers.clinic ? <ClinicCall number={numbers.clinic} /> : <p>{t("help_no_clinic")}</p>}
      </section>
      <CountryChoice country={numbers.country} />
    </Dialog>
  );
}

export function EmergencyCall({ number }: { number: string | null }) {
  if (!number) return <p class="strong">{t("help_unknown")}</p>;
  return (
    <CallLink number={number} kind="danger" testid="call-emergency">
      {t("call_number", { number: number })}
    </CallLink>
  );
}

export function CrisisCalls({ lines }: { lines: readonly Line[] }) {
  return (
    <>
      {lines.map((line) => (
        <CallLink key={line.number} number={line.number} testid="call-crisis">
          <span>
            {t("call_number", { number: line.number })}
            <small class="line-note">{[line.label, line.note].filter(Boolean).join(". ")}</small>
          </span>
        </CallLink>
      ))}
    </>
  );
}

export function ClinicCall({ number }: { number: string }) {
  return (
    <CallLink number={number} kind="secondary" testid="call-clinic">
      <span>
        {t("call_clinic")}
        <small class="line-note">{number}</small>
      </span>
    </CallLink>
  );
}

export function CountryChoice({ country }: { country: string }) {
  const names = new Intl.DisplayNames(useLanguage(), { type: "region" });
  const listed = countries.includes(country) || country === "" ? countries : [country, ...countries];
  return (
    <FieldFrame label={t("help_where")}>
      {(attributes) => (
        <select {...attributes} value={country} onChange={(event) => choose(event.currentTarget.value)}>
          {listed.map((code) => (
            <option key={code} value={code}>
              {names.of(code)}
            </option>
          ))}
          <option value="">{t("help_elsewhere")}</option>
        </select>
      )}
    </FieldFrame>
  );
}

function choose(country: string): void {
  known.set({ ...known.get(), chosen: country });
}
