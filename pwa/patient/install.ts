/** Keeping the app on the home screen: offered once, after the first finished check-in, and never again when declined. */
import { recall, remember } from "../shared/memory.ts";
import { createStore } from "../shared/store.ts";

const finished = "finished";
const declined = "install_declined";

interface InstallPrompt extends Event {
  prompt: () => Promise<{ outcome: "accepted" | "dismissed" }>;
}

export type Way = "prompt" | "share";

let prompt: InstallPrompt | undefined;
export const way = createStore<Way | undefined>(undefined);

export function watchInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    prompt = event as InstallPrompt;
    settle();
  });
  addEventListener("appinstalled", () => {
    declineInstall();
    // What waits on the phone then goes last when space is short.
    void navigator.storage.persist();
  });
  settle();
}

export function noteFinished(): void {
  remember(finished, "1");
  settle();
}

export function declineInstall(): void {
  remember(declined, "1");
  settle();
}

export async function install(): Promise<void> {
  await prompt?.prompt();
  declineInstall();
}

/** How this phone installs, if it should be offered now. */
export function wayNow(agent: string, standalone: boolean, canPrompt: boolean, done: boolean, no: boolean): Way | undefined {
  if (standalone || !done || no) return undefined;
  if (canPrompt) return "prompt";
  return /iPhone|iPad|iPod/.test(agent) ? "share" : undefined;
}

function settle(): void {
  const standalone = matchMedia("(display-mode: standalone)").matches || "standalone" in navigator && navigator.standalone === true;
  way.set(wayNow(navigator.userAgent, standalone, Boolean(prompt), recall(finished) === "1", recall(declined) === "1"));
}
