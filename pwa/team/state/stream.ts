import { forgetAlerts, keepOnly, putAlert, alerts } from "./alerts.ts";
import { createStore } from "../../shared/store.ts";
import { careNow, setCareNow } from "../time/careClock.ts";
import { isNews } from "../queue/facts.ts";
import type { Alert } from "../types.ts";

export type StreamState = { live: boolean; lastAt: number | null };

export const streamState = createStore<StreamState>({ live: false, lastAt: null });

/** A beat comes about every 5 s: several missing ones mean that nobody is speaking. */
const SILENCE_MS = 35_000;
const PAUSES_MS = [500, 1_000, 2_000, 5_000];

export type Hooks = {
  /** Asks the server who is signed in; false when nobody is. */
  stillSignedIn(): Promise<boolean>;
  onNews(alert: Alert, before: Alert | undefined): void;
};

let source: EventSource | null = null;
let hooks: Hooks | null = null;
let tries = 0;
let heardAt = 0;
let seen = new Set<string>();
let ready = false;
let retry: ReturnType<typeof setTimeout> | undefined;
let watchdog: ReturnType<typeof setInterval> | undefined;

export function openStream(use: Hooks): void {
  closeStream();
  hooks = use;
  watchdog = setInterval(checkSilence, 5_000);
  document.addEventListener("visibilitychange", checkSilence);
  connect();
}

export function closeStream(): void {
  hooks = null;
  clearTimeout(retry);
  clearInterval(watchdog);
  document.removeEventListener("visibilitychange", checkSilence);
  source?.close();
  source = null;
  streamState.set({ ...streamState.get(), live: false });
}

export function forgetStream(): void {
  closeStream();
  forgetAlerts();
  streamState.set({ live: false, lastAt: null });
}

function connect(): void {
  seen = new Set();
  ready = false;
  heardAt = Date.now();
  source = new EventSource("/api/alerts/stream");
  source.addEventListener("alert", (event) => receive(JSON.parse(event.data) as Alert));
  source.addEventListener("reload", () => {
    seen = new Set();
    ready = false;
  });
  source.addEventListener("ready", () => {
    ready = true;
    keepOnly(seen);
    heard();
  });
  source.addEventListener("beat", (event) => {
    setCareNow((JSON.parse(event.data) as { now: string }).now);
    heard();
  });
  source.onerror = lost;
}

function receive(alert: Alert): void {
  const before = alerts.get().get(alert.id);
  const first = streamState.get().lastAt === null;
  seen.add(alert.id);
  if (alert.now) setCareNow(alert.now);
  putAlert(alert);
  if (ready) heard();
  if (!first && isNews(before, alert)) hooks?.onNews(alert, before);
}

function heard(): void {
  tries = 0;
  heardAt = Date.now();
  streamState.set({ live: true, lastAt: careNow() });
}

function checkSilence(): void {
  if (source && Date.now() - heardAt > SILENCE_MS) void lost();
}

async function lost(): Promise<void> {
  source?.close();
  source = null;
  streamState.set({ ...streamState.get(), live: false });
  clearTimeout(retry);
  const asked = hooks;
  const signedIn = await asked?.stillSignedIn();
  if (!signedIn || hooks !== asked) return;
  retry = setTimeout(connect, PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)]);
}
