/** The language of the team app: the colleague's own once it is known, until then the one last spoken on this device. */
import { call } from "../../shared/api.ts";
import { setLanguage, supported, type Language } from "../../shared/i18n/language.ts";
import { recall, remember } from "../../shared/memory.ts";

const key = "team-language";
/** Chosen by hand while nobody was signed in: it goes with whoever signs in. */
let chosen: Language | undefined;

export function startLanguage(): void {
  setLanguage(supported(recall(key)) ?? supported(navigator.language) ?? "en");
}

/** What is known of the reader says `language`, unless they have chosen another one here. */
export function speak(language: string | null | undefined): void {
  const theirs = chosen ?? supported(language);
  if (!theirs) return;
  setLanguage(theirs);
  remember(key, theirs);
}

/** Pressed on the switch; kept with the colleague when one is signed in, as what they are written to in. */
export function choose(language: Language, signedIn: boolean): void {
  remember(key, language);
  chosen = signedIn ? undefined : language;
  if (signedIn) keep(language);
}

/** Somebody has signed in, whose language this is so far. */
export function greet(language: string): void {
  const before = chosen;
  speak(language);
  chosen = undefined;
  if (before && before !== language) keep(before);
}

function keep(language: Language): void {
  void call("PATCH", "/api/me", { language });
}
