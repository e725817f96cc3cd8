/** The patient app's worker: opens it without network, shows push messages, sends what waits when no page is open. */
import { read } from "../outbox/db.ts";
import { drain } from "../outbox/send.ts";
import { paths, shownFor, tokenIn } from "./push.ts";
import { activate, answerTo, install } from "./shell.ts";

declare const self: ServiceWorkerGlobalScope;

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

self.addEventListener("install", (event) => event.waitUntil(install()));

self.addEventListener("activate", (event) => event.waitUntil(activate().then(() => self.clients.claim())));

self.addEventListener("fetch", (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("sync", (event) => (event as SyncEvent).waitUntil(sendAll()));

self.addEventListener("push", (event) => event.waitUntil(show(textIn(event.data))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openFrom(String(event.notification.data || `${location.origin}/`)));
});

/** The browser tries again later when something is left. */
async function sendAll(): Promise<void> {
  if (await drain("network")) throw new Error("not sent yet");
}

function textIn(data: PushMessageData | null): string | undefined {
  try {
    return data?.text();
  } catch {
    return undefined;
  }
}

/** Shown first, whatever else fails: a message that shows nothing costs the permission to send any. */
async function show(text: string | undefined): Promise<void> {
  const language = (await read<string>("kept", "spoken")) ?? navigator.language;
  const { title, options } = shownFor(text, language, location.origin);
  await self.registration.showNotification(title, options);
  await Promise.allSettled([receipt(options.data, "shown"), drain("network")]);
}

async function openFrom(address: string): Promise<void> {
  await Promise.allSettled([focusOn(address), receipt(address, "opened")]);
}

/** A page of the patient app that is open already shows it, else a new one. */
async function focusOn(address: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  for (const page of pages.filter(({ url }) => paths.includes(new URL(url).pathname))) {
    const there = await page.navigate(address).catch(() => null);
    if (there) return void (await there.focus());
  }
  await self.clients.openWindow(address);
}

async function receipt(address: string, event: "shown" | "opened"): Promise<void> {
  const token = tokenIn(address);
  if (!token) return;
  const headers = { "Content-Type": "application/json" };
  await fetch("/api/receipts", { method: "POST", headers, body: JSON.stringify({ token, event }), keepalive: true });
}
