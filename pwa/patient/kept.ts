/** The start screen and the forms as last seen, for when the clinic cannot be reached. */
import { isTransient, type Result } from "../shared/api.ts";
import { holder } from "../outbox/holder.ts";
import { isOf } from "../outbox/item.ts";
import { drop, find, findAll, keep } from "../outbox/vault.ts";
import { getCheckIn, getReportForm } from "./api.ts";
import type { CheckInRow } from "./types.ts";

export const home = "home";
const soonMs = 7 * 86_400_000;
const form = "form ";
const report = "report";

/** `owner`: the patient whose it is. Nobody else sees it, and nobody at all while the phone may be changing hands. */
interface Kept<T> {
  at: number;
  owner: string | undefined;
  data: T;
}

/** A `status` of 0 marks what was kept; `at` is then when, by the phone's clock. */
export const isKept = (result: Result<unknown>): boolean => result.ok && result.status === 0;

/** What the clinic says now; what it said last when it cannot be reached, or not within `patienceMs`. */
export async function freshOrKept<T>(
  key: string,
  asking: Promise<Result<T>>,
  patienceMs: number,
  ownerOf: (data: T) => string | undefined,
): Promise<Result<T>> {
  const fresh = asking.then((result) => {
    if (result.ok) void keep(key, { at: Date.now(), owner: ownerOf(result.data), data: result.data });
    return result;
  });
  const first = await Promise.race([fresh, new Promise<undefined>((done) => setTimeout(done, patienceMs))]);
  if (first && (first.ok || !isTransient(first.problem))) return first;
  const kept = await findMine<T>(key);
  return kept ? { ok: true, status: 0, at: kept.at, data: kept.data } : fresh;
}

/** What is kept of the patient who holds the phone. */
async function findMine<T>(key: string): Promise<Kept<T> | undefined> {
  const kept = await find<Kept<T>>(key);
  return kept && isOf(kept, await holder()) ? kept : undefined;
}

export async function checkInForm(id: string) {
  const owner = await holder();
  return freshOrKept(form + id, getCheckIn(id), 5_000, () => owner);
}

export const reportForm = () => freshOrKept(report, getReportForm(), 5_000, ({ patient_id }) => patient_id);

/** Fetches the questions of what comes next, in the language spoken now, so that they can be answered anywhere. */
export async function keepForms(items: readonly CheckInRow[], now: number, language: string): Promise<void> {
  const wanted = items.filter((item) => item.state !== "missed" && Date.parse(item.opens_at) < now + soonMs);
  for (const { id, title } of wanted) {
    if ((await findMine<{ title: string }>(form + id))?.data.title !== title) await checkInForm(id);
  }
  for (const id of (await findAll(form)).keys()) if (!items.some((item) => item.id === id)) await drop(form + id);
  if (!(await findMine(report)) || (await find("language")) !== language) await reportForm();
  await keep("language", language);
}

/** The phone is no longer this patient's: nothing of the clinic's stays but answers, which are sealed. */
export async function forgetKept(): Promise<void> {
  for (const key of (await findAll(form)).keys()) await drop(form + key);
  for (const key of [home, report]) await drop(key);
}

/** This check-in has its answer, also when the list is shown without asking. */
export async function noteAnswered(id: string): Promise<void> {
  const kept = await find<Kept<{ items: CheckInRow[] }>>(home);
  const rest = kept?.data.items.filter((item) => item.id !== id);
  if (kept && rest) await keep(home, { ...kept, data: { ...kept.data, items: rest } });
}

/** The list at a later time, without asking: windows open and close by themselves. `now`: in the clinic's time. */
export function aged(items: readonly CheckInRow[], now: number): CheckInRow[] {
  return items.map((item) => {
    if (item.state !== "planned" && item.state !== "open") return item;
    if (now >= Date.parse(item.closes_at)) return { ...item, state: "missed" };
    return now >= Date.parse(item.opens_at) ? { ...item, state: "open" } : item;
  });
}
