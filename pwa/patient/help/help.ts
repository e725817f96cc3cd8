/** The numbers to show now. They are part of the page: no network and no sign-in is needed. */
import { recall, remember } from "../../shared/memory.ts";
import { createStore } from "../../shared/store.ts";
import { t } from "../i18n/t.ts";
import type { Help, Line } from "../types.ts";
import { helpIn } from "./numbers.ts";
import { countryOf, phoneZone } from "./place.ts";

export interface Known {
  /** What the clinic's server said, with the zone the patient is enrolled in. */
  clinic?: { help: Help; timeZone?: string | undefined } | undefined;
  /** The country the person chose: "" for one we have no numbers for. */
  chosen?: string | undefined;
}

export interface Numbers {
  country: string;
  emergency: string | null;
  crisis: Line[];
  clinic: string | null;
}

const clinicPhoneKey = "clinic_phone";

export const known = createStore<Known>({});
export const sheetOpen = createStore(false);

export function learn(help: Help, timeZone?: string): void {
  if (help.clinic_phone) remember(clinicPhoneKey, help.clinic_phone);
  known.set({ ...known.get(), clinic: { help, timeZone: timeZone ?? known.get().clinic?.timeZone } });
}

export function forget(): void {
  remember(clinicPhoneKey, null);
  known.set({});
}

/** Chosen by the person, else by where the phone is, else by the clinic when the phone does not say; never a guess. */
export function numbersFor({ clinic, chosen }: Known, zone: string, storedPhone: string | null): Numbers {
  const help = clinic?.help;
  const place = chosen ?? countryOf(zone) ?? (zoneSays(zone, clinic?.timeZone) ? help?.country : "") ?? "";
  const own = help && place && help.country === place ? help : undefined;
  const row = helpIn(place);
  return {
    country: place,
    emergency: own?.emergency.number ?? row?.emergency ?? null,
    crisis: own?.crisis.length ? own.crisis : (row?.crisis ?? []),
    clinic: help?.clinic_phone ?? storedPhone,
  };
}

export function numbersNow(state: Known): Numbers {
  return numbersFor(state, phoneZone(), recall(clinicPhoneKey));
}

/** The clinic's number alone: known without asking where the phone is, which takes a slow one a moment. */
export function clinicPhone({ clinic }: Known): string | null {
  return clinic?.help.clinic_phone ?? recall(clinicPhoneKey);
}

/** "911" or "your local emergency number", ready for a sentence. */
export function toEmergency(numbers: Numbers): string {
  return numbers.emergency ? t("to_number", { number: numbers.emergency }) : t("to_local_number");
}

/** Whether the clinic's country may stand in: the phone names no place, or the very zone the patient lives in. */
function zoneSays(zone: string, patientZone: string | undefined): boolean {
  return countryOf(zone) === undefined || zone === patientZone;
}
