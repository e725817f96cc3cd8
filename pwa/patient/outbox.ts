/** What must reach the clinic, as the screens see it. Each answer is tried until it is stored; none is dropped silently. */
import type { Method } from "../shared/api.ts";
import { createStore } from "../shared/store.ts";
import { read, readAll, remove, write } from "../outbox/db.ts";
import { isOf, type Item, type State as ItemState } from "../outbox/item.ts";
import { seal, type SealingKey } from "../outbox/seal.ts";
import { alone, attempt, drain, listen, type News } from "../outbox/send.ts";
import { dropDraftOf } from "./drafts.ts";
import { noteFinished } from "./install.ts";
import { noteAnswered } from "./kept.ts";
import { reveal } from "../outbox/vault.ts";

export interface Request {
  id: string;
  form: string;
  part: Item["part"];
  method: Method;
  url: string;
  /** The id of the answer it belongs to; its own where it is one. */
  responseId: string;
  owner?: string | undefined;
  document: Record<string, unknown>;
  sealing: SealingKey;
  bearer?: string | undefined;
}

export type State = ItemState | "sending";

export interface Sending {
  item: Omit<Item, "sealed">;
  state: State;
  /** As it was put in; known to the page that did so. */
  document?: Record<string, unknown> | undefined;
  /** What the clinic said back. */
  data?: unknown;
}

const sendings = createStore<ReadonlyMap<string, Sending>>(new Map());
const tickMs = 30_000;
const lastTryMs = 5_000;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const outbox = sendings;

/** Stores and sends. A sending with the same id that is on its way or stored is left alone. */
export function put(request: Request): void {
  if (sendings.get().has(request.id)) return;
  const { document, sealing, ...rest } = request;
  const item = { ...rest, createdAt: Date.now(), tries: 0, nextAt: 0, state: "queued" as const };
  update({ item, state: "sending", document });
  void store(item, document, sealing);
}

async function store(item: Sending["item"], document: Request["document"], sealing: SealingKey): Promise<void> {
  const sealed = await seal(sealing, item.responseId, document);
  const add = async () => {
    if (!(await read("outbox", item.id))) await write("outbox", item.id, { ...item, sealed });
  };
  await alone(item.id, add, true);
  await attempt(item.id, "person");
}

/** Tries everything that waits, now. */
export function retryNow(): void {
  void drain("person");
}

/** One last try before the token that sends it ends. */
export async function sendFirst(): Promise<void> {
  await Promise.race([drain("person"), new Promise((done) => setTimeout(done, lastTryMs))]);
}

/** Whether something is not stored yet. */
export function hasUnsent(): boolean {
  return [...sendings.get().values()].some((sending) => sending.state !== "stored");
}

/** The answer to this form that is on its way, if there is one. */
export function sendingOf(form: string): Sending | undefined {
  return [...sendings.get().values()].find(({ item, state }) => item.form === form && item.part === "whole" && state !== "stored");
}

/** What the clinic said back is on the screen: an interrupted visit does not show it again. */
export function markRead(id: string): void {
  void remove("outbox", id);
}

/** It was read, and left. */
export function drop(id: string): void {
  const rest = new Map(sendings.get());
  rest.delete(id);
  sendings.set(rest);
  void remove("outbox", id);
}

/** What the clinic said to anybody but this patient is for nobody who has the phone now; unsent answers stay, sealed. */
export async function dropReplies(patient?: string): Promise<void> {
  const others = (await readAll<Item>("outbox")).filter((item) => item.state === "stored" && !isOf(item, patient));
  others.forEach(({ id }) => drop(id));
}

/** What an earlier visit or the worker left. News that come meanwhile are newer than what was read. */
export async function restoreOutbox(): Promise<void> {
  listen(hear);
  for (const item of await readAll<Item>("outbox")) {
    const data = await reveal(item.reply);
    if (item.state === "stored") await noteAnswered(item.form);
    if (item.state === "stored" && item.part === "whole") dropDraftOf(item.form, item.id);
    if (!sendings.get().has(item.id)) update({ item, state: item.state, data });
  }
}

/** Tries again when there may be a connection, when the page is looked at, and when its time has come. */
export function watchConnection(): void {
  const look = () => document.visibilityState === "visible" && void drain("network");
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  setInterval(look, tickMs);
  look();
}

function hear({ item, busy, data }: News): void {
  const before = sendings.get().get(item.id);
  update({ item, state: busy ? "sending" : item.state, document: before?.document, data: data ?? before?.data });
  clearTimeout(timers.get(item.id));
  if (item.state === "stored" && item.part === "whole") finished(item);
  if (busy || item.state !== "queued") return;
  timers.set(item.id, setTimeout(() => void attempt(item.id, "timer"), Math.max(0, item.nextAt - Date.now())));
  void askWorker();
}

function finished(item: Item): void {
  dropDraftOf(item.form, item.id);
  void noteAnswered(item.form);
  if (item.owner) noteFinished();
}

interface WithSync extends ServiceWorkerRegistration {
  sync?: { register: (tag: string) => Promise<void> };
}

/** Where the browser can, the worker sends it although the page is closed. */
async function askWorker(): Promise<void> {
  try {
    const registration: WithSync | undefined = await navigator.serviceWorker.getRegistration();
    await registration?.sync?.register("outbox");
  } catch {
    return;
  }
}

export function sendsWhenClosed(): boolean {
  return "SyncManager" in globalThis;
}

function update(sending: Sending): void {
  sendings.set(new Map(sendings.get()).set(sending.item.id, sending));
}
