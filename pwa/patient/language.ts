/**
 * Which language to speak: the person's own choice on this phone, else the clinic's record, else the browser's.
 * A choice is kept on the phone only until the record has it, because questions and messages follow the record.
 */
import { setLanguage, supported, type Language } from "../shared/i18n/language.ts";
import { recall, remember } from "../shared/memory.ts";
import { changeLanguage } from "./api.ts";

const key = "language";

export function speak(recorded?: string): void {
  setLanguage(supported(recall(key)) ?? supported(recorded) ?? supported(navigator.language) ?? "en");
}

export function choose(language: Language): void {
  remember(key, language);
  setLanguage(language);
}

/** Tells the clinic what was chosen on this phone. */
export async function settleLanguage(): Promise<void> {
  const chosen = supported(recall(key));
  if (!chosen) return;
  const result = await changeLanguage(chosen);
  if (result.ok) remember(key, null);
}
