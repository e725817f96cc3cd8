/** This phone's subscription at its push service, and what the clinic's server knows of it. */
import { call, isTransient } from "../../shared/api.ts";
import { recall, remember } from "../../shared/memory.ts";
import type { components } from "../../shared/schema.d.ts";

type Server = components["schemas"]["PushState"];

/** hidden: there is nothing to offer; blocked: the phone's owner or its maker said no. */
export type Shown = "hidden" | "offer" | "on" | "blocked" | "failed";

/** Some browsers never answer when their push service cannot be reached. */
const patienceMs = 15_000;
const path = "/api/my/push";
/** Set while the browser has not let go of a subscription that its owner switched off. */
const LETTING_GO = "push-letting-go";

/** On each start: what to show, after the server was told that the phone is still there. */
export async function settle(): Promise<Shown> {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration) return "hidden";
  if (recall(LETTING_GO) !== null) {
    await letGo(registration);
    return "offer";
  }
  const known = await call<Server>("GET", path);
  if (!known.ok || !known.data.public_key) return "hidden";
  const { state, ask } = known.data;
  if (Notification.permission === "denied") return ask || state === "on" ? "blocked" : "hidden";
  if (Notification.permission === "granted") {
    const kept = await refresh(registration, state, known.data.public_key).catch(() => false);
    if (kept) return "on";
  }
  if (state === "on") return "on";
  return ask || state === "lost" ? "offer" : "hidden";
}

/** On the person's own tap: the browser asks, then the phone subscribes. */
export async function turnOn(): Promise<Shown> {
  const allowed = await Notification.requestPermission();
  if (allowed !== "granted") return allowed === "denied" ? "blocked" : "offer";
  remember(LETTING_GO, null);
  try {
    const [registration, known] = await Promise.all([
      within(navigator.serviceWorker.ready),
      call<Server>("GET", path),
    ]);
    const key = known.ok ? known.data.public_key : null;
    return key && (await subscribe(registration, key)) ? "on" : "failed";
  } catch {
    return "failed";
  }
}

export async function turnOff(): Promise<Shown> {
  const registration = await navigator.serviceWorker.getRegistration();
  const told = await call("DELETE", path);
  remember(LETTING_GO, "1");
  if (registration) await letGo(registration);
  return told.ok ? "offer" : "failed";
}

/** A subscription that stays would be told to the server again at the next start: off would be on. */
async function letGo(registration: ServiceWorkerRegistration): Promise<void> {
  const gone = await within(registration.pushManager.getSubscription())
    .then((subscription) => !subscription || within(subscription.unsubscribe()))
    .catch(() => false);
  if (gone) remember(LETTING_GO, null);
}

/** tried: a message to this phone is on its way; untried: nobody could be asked. */
export async function tryOut(): Promise<"tried" | "untried" | "refused"> {
  const result = await call("POST", `${path}/test`);
  if (result.ok) return "tried";
  return isTransient(result.problem) ? "untried" : "refused";
}

/** Tells the server the address again, or makes a new one where the old one is lost or trusts an older key. */
async function refresh(registration: ServiceWorkerRegistration, state: Server["state"], key: string): Promise<boolean> {
  const current = await registration.pushManager.getSubscription();
  if (!current && state === "off") return false;
  if (current && state !== "lost" && trusts(current, key)) return keep(current, key);
  await current?.unsubscribe();
  return subscribe(registration, key);
}

async function subscribe(registration: ServiceWorkerRegistration, key: string): Promise<boolean> {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  return keep(await within(registration.pushManager.subscribe(options)), key);
}

async function keep(subscription: PushSubscription, key: string): Promise<boolean> {
  const { endpoint, keys } = subscription.toJSON();
  const body = { endpoint, keys: { p256dh: keys?.["p256dh"], auth: keys?.["auth"] }, public_key: key };
  return (await call("PUT", path, body)).ok;
}

/** Whether it was made with this key of ours; browsers that do not say are believed. */
function trusts({ options }: PushSubscription, key: string): boolean {
  const raw = options?.applicationServerKey;
  if (!raw) return true;
  const text = btoa(String.fromCharCode(...new Uint8Array(raw)));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") === key;
}

function within<T>(promise: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error("too late")), patienceMs));
  return Promise.race([promise, late]);
}
