/** Who holds this phone, and what must go when it changes hands: all but unsent answers, which are sealed. */
import { clear } from "../outbox/db.ts";
import { holder, lastHolder, setHolder } from "../outbox/holder.ts";
import { recall, remember } from "../shared/memory.ts";
import { createStore } from "../shared/store.ts";
import { forgetDrafts } from "./drafts.ts";
import { forgetKept } from "./kept.ts";
import { dropReplies } from "./outbox.ts";

/** The patient; undefined when nobody is signed in. */
export const holding = createStore<string | undefined>(undefined);

/** Counts changes of hands, so that other open pages notice. */
const changes = "hands";

export async function restoreHands(): Promise<void> {
  addEventListener("storage", ({ key }) => key === changes && location.replace("/"));
  holding.set(await holder());
}

/** Before somebody is signed in: from here on nothing goes out by the sign-in of before. */
export async function letGo(): Promise<void> {
  const last = await lastHolder();
  if (last) await setHolder(last, false);
}

/** Nobody was signed in: it is whose it was. */
export async function holdOn(): Promise<void> {
  const last = await lastHolder();
  if (last) await setHolder(last);
}

/** The clinic knows this phone as this patient's. */
export async function takenBy(patient: string): Promise<void> {
  const before = holding.get() ?? (await lastHolder());
  if (before !== undefined && before !== patient) {
    await Promise.all([forgetKept(), forgetDrafts(), dropReplies(patient), silence()]);
    remember(changes, String(Number(recall(changes)) + 1));
  }
  if ((await holder()) !== patient) await setHolder(patient);
  holding.set(patient);
}

/** Signed out: nothing stays that anybody could read. */
export async function leave(): Promise<void> {
  await Promise.all([forgetDrafts(), dropReplies(), silence()]);
  await clear("kept");
  remember(changes, String(Number(recall(changes)) + 1));
}

/** Messages were for the patient before: what is shown goes, and no more come. */
async function silence(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
  (await registration?.getNotifications())?.forEach((shown) => shown.close());
}
