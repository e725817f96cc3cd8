/** Which language to speak: the person's own choice on this phone, else the clinic's record, else the browser's. */
import { setLanguage, supported } from "../shared/i18n/language.ts";
import { recall } from "../shared/memory.ts";

export const languageKey = "language";

export function speak(recorded?: string): void {
  setLanguage(supported(recall(languageKey)) ?? supported(recorded) ?? supported(navigator.language) ?? "en");
}
