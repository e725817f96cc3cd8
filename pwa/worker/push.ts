/** What a push message becomes. Every one is shown, also one that nobody can read. Pure. */
import { en } from "./i18n/en.ts";
import { es } from "./i18n/es.ts";

export interface Shown {
  title: string;
  options: { body: string; tag: string; lang: string; data: string; icon: string; renotify: boolean };
}

/** The patient's addresses: the only ones this worker answers, and the only ones a message may lead to. */
export const paths: readonly string[] = ["/", "/e", "/c", "/help", "/report"];

const longest = 300;

/** `text`: the payload, declarative web push; `language`: the one to speak when the message does not say. */
export function shownFor(text: string | undefined, language: string, origin: string): Shown {
  const { title, body, tag, lang, navigate } = read(text);
  const said = textOf(lang);
  const spoken = /^[a-z]{2}(-[A-Za-z]{2})?$/.test(said) ? said : language.startsWith("es") ? "es" : "en";
  const words = spoken.startsWith("es") ? es : en;
  const own = textOf(title);
  const label = textOf(tag);
  return {
    title: own || words.title,
    options: {
      body: textOf(body) || (own ? "" : words.body),
      tag: label,
      lang: spoken,
      data: addressIn(navigate, origin),
      icon: "/icon-192.png",
      // A reminder in place of the first prompt is heard too; without a tag it would be an error.
      renotify: label !== "",
    },
  };
}

/** The token of the check-in that an address opens. */
export function tokenIn(address: string): string | undefined {
  return new URLSearchParams(new URL(address).hash.slice(1)).get("token") ?? undefined;
}

function read(text: string | undefined): Record<string, unknown> {
  try {
    const { notification } = JSON.parse(text ?? "") as { notification?: unknown };
    return notification !== null && typeof notification === "object" ? (notification as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim().slice(0, longest) : "";
}

function addressIn(navigate: unknown, origin: string): string {
  const asked = typeof navigate === "string" && URL.canParse(navigate, origin) ? new URL(navigate, origin) : undefined;
  const ours = asked?.origin === origin && paths.includes(asked.pathname);
  return ours ? `${origin}${asked.pathname}${asked.hash}` : `${origin}/`;
}
