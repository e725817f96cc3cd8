import { call, type Problem, toProblem } from "../../shared/api.ts";
import { currentLanguage } from "../../shared/i18n/language.ts";
import { w } from "./words.ts";
import type { components } from "../../shared/schema.d.ts";

export type Report = components["schemas"]["Report"];
export type Case = components["schemas"]["Case"];
export type Side = components["schemas"]["Side"];
export interface Progress {
  done: number;
  of: number;
}

export interface Wanted {
  over: "stored" | "simulated";
  days: number;
  language?: string;
}

/** A version, or a draft by its id. */
export interface Tried {
  protocol: string;
  version: number;
  draft: string;
}

export type End = { report: Report } | { problem: Problem } | { cutOff: true };

/** Follows the stream of one try to its end: each progress is told, the report ends it. */
export async function tryVersion(
  { protocol, version, draft }: Tried,
  wanted: Wanted,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<End> {
  const which = draft ? `drafts/${draft}` : `${encodeURIComponent(protocol)}/${version}`;
  try {
    const response = await fetch(`/api/protocols/${which}/lab`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Afterglow": "1" },
      body: JSON.stringify(wanted),
      cache: "no-store",
      signal,
    });
    if (!response.ok || !response.body) return { problem: toProblem(response, await response.text()) };
    for await (const { name, data } of events(response.body)) {
      if (name === "report") return { report: data as Report };
      if (name === "progress") onProgress(data as Progress);
    }
  } catch {
    // Cut off, like a stream that ends early.
  }
  return { cutOff: true };
}

/** What it is called, for the heading; "" while it cannot be found out. */
export async function titleOf({ protocol, version, draft }: Tried): Promise<string> {
  const listed = await call<{ items: Listed[] }>("GET", draft ? `/api/protocols/drafts?language=${currentLanguage()}` : "/api/protocols");
  const items = listed.ok ? listed.data.items : [];
  const found = items.find((one) => (draft ? one.id === draft : one.key === protocol && one.version === version));
  if (!found) return "";
  return draft ? w("lab_of_draft", { title: found.title }) : w("lab_of", { title: found.title, version });
}

interface Listed {
  id?: string;
  key: string;
  version?: number;
  title: string;
}

interface Told {
  name: string;
  data: unknown;
}

/** The events of a stream, as they arrive. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<Told> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (waiting + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n").split("\n\n");
    waiting = parts.pop() ?? "";
    for (const part of parts) {
      const told = eventOf(part);
      if (told) yield told;
    }
  }
}

function eventOf(part: string): Told | undefined {
  const field = (name: string): string | undefined =>
    part.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const name = field("event");
  const data = field("data");
  return name && data ? { name, data: JSON.parse(data) as unknown } : undefined;
}
