/**
 * Which language to speak: the person's own choice on this phone, else the clinic's record, else the browser's.
 * A choice is kept on the phone only until the record has it, because questions and messages follow the record.
 */
import { supported, type Language } from "../shared/i18n/language.ts";
import { recall, remember } from "../shared/memory.ts";
import { changeLanguage } from "./api.ts";
import { write } from "../outbox/db.ts";
import { speakIn } from "./i18n/t.ts";

const key = "language";
const recordedKey = "recorded_language";

/** `recorded`: what the clinic's record says; kept, so that help is in that language before anything is loaded. */
export function speak(recorded?: string): Promise<void> {
  if (recorded) remember(recordedKey, recorded);
  const tags = [recall(key), recall(recordedKey), navigator.language];
  return speakNow(tags.map(supported).find(Boolean) ?? "en");
}

export function forgetLanguage(): void {
  remember(key, null);
  remember(recordedKey, null);
}

export function choose(language: Language): Promise<void> {
  remember(key, language);
  return speakNow(language);
}

/** The worker speaks it too. */
function speakNow(language: Language): Promise<void> {
  void write("kept", "spoken", language);
  return speakIn(language);
}

/** Tells the clinic what was chosen on this phone. */
export async function settleLanguage(): Promise<void> {
  const chosen = supported(recall(key));
  if (!chosen) return;
  const result = await changeLanguage(chosen);
  if (result.ok) remember(key, null);
}
