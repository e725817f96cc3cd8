/**
 * The worker and its next version. A new one waits; it takes over with one reload, when nobody is in the middle of
 * something, or on a tap.
 */
import { createStore } from "../shared/store.ts";
import { isBound } from "./bound.ts";
import { sheetOpen } from "./help/help.ts";
import { view } from "./view.ts";

const lookEachMs = 3_600_000;

/** A new version waits. */
export const updateReady = createStore(false);

let registration: ServiceWorkerRegistration | undefined;

/** Until the worker has all files, or never will. */
export async function startWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  reloadOnChange();
  try {
    registration = await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  } catch {
    return;
  }
  watch(registration);
  const look = () => document.visibilityState === "visible" && void registration?.update().catch(() => undefined);
  setInterval(look, lookEachMs);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && idle()) takeUpdate();
    else look();
  });
  await installed(registration.installing);
}

/** The waiting version takes over; the page loads once more. */
export function takeUpdate(): void {
  registration?.waiting?.postMessage("take over");
}

function installed(worker: ServiceWorker | null): Promise<void> {
  return new Promise((done) => {
    const look = () => (!worker || worker.state !== "installing") && done();
    worker?.addEventListener("statechange", look);
    look();
  });
}

function watch(from: ServiceWorkerRegistration): void {
  const note = () => updateReady.set(Boolean(from.waiting && navigator.serviceWorker.controller));
  note();
  from.addEventListener("updatefound", () => from.installing?.addEventListener("statechange", note));
}

/** Every tab changes over, those in the middle of a form when it is done. The first worker of all changes nothing. */
function reloadOnChange(): void {
  let controlled = Boolean(navigator.serviceWorker.controller);
  let reloading = false;
  const reload = () => {
    if (reloading || !idle()) return;
    reloading = true;
    location.reload();
  };
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!controlled) return void (controlled = true);
    reload();
    view.subscribe(reload);
  });
}

/** At the start screen of a phone that is set up, with nothing open. */
function idle(): boolean {
  return view.get().name === "home" && isBound() && !sheetOpen.get();
}
