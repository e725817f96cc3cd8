/** Sends what waits: by the page or by the worker, never by both at once. */
import { call, type Result } from "../shared/api.ts";
import { read, readAll, remove, write } from "./db.ts";
import { holder } from "./holder.ts";
import { after, bodyOf, isDue, isOf, mayGo, type Item, type Reason } from "./item.ts";
import { hide } from "./vault.ts";

/** News about an item for all pages; `data`: what the clinic said back. */
export interface News {
  item: Item;
  busy: boolean;
  data?: unknown;
}

const channel = new BroadcastChannel("outbox");
let listener: ((news: News) => void) | undefined;

export function listen(to: (news: News) => void): void {
  listener = to;
  channel.onmessage = ({ data }: MessageEvent<News>) => to(data);
}

/** One tab or the worker at a time; whoever comes second leaves it to the first. */
export function alone(id: string, run: () => Promise<void>, wait = false): Promise<void> {
  return navigator.locks.request(`outbox ${id}`, { ifAvailable: !wait }, (lock) => (lock ? run() : undefined)) as Promise<void>;
}

/** Tries what is due; true when something is left to be tried again. */
export async function drain(reason: Reason): Promise<boolean> {
  const items = await readAll<Item>("outbox");
  await Promise.all(items.map(({ id }) => attempt(id, reason)));
  const now = await holder();
  return (await readAll<Item>("outbox")).some((item) => item.state === "queued" && mayGo(item, now));
}

export function attempt(id: string, reason: Reason): Promise<void> {
  return alone(id, async () => {
    let item = await read<Item>("outbox", id);
    while (item && mayGo(item, await holder()) && isDue(item, Date.now(), reason)) {
      tell({ item, busy: true });
      const result = await deliver(item);
      item = after(item, result, Date.now(), Math.random(), crypto.randomUUID());
      // Signed out meanwhile: nothing may come back.
      if (!(await read("outbox", id))) return;
      const mine = isOf(item, await holder());
      await settle(item, result, mine);
      tell({ item, busy: false, ...(result.ok && (mine || !item.owner) ? { data: result.data } : {}) });
      if (item.nextAt > 0) return;
    }
  });
}

/** A whole form stays until its patient has read what the clinic said back; nobody else is told. */
async function settle(item: Item, result: Result<unknown>, mine: boolean): Promise<void> {
  if (result.ok && !(item.part === "whole" && mine)) return remove("outbox", item.id);
  if (result.ok) item.reply = await hide(result.data);
  await write("outbox", item.id, item);
}

/** By its token; without one that is still good, by the sign-in of its own patient. */
async function deliver(item: Item): Promise<Result<unknown>> {
  const once = (bearer: string | undefined) =>
    call(item.method, item.url, bodyOf(item, new Date().toISOString()), { keepalive: item.part === "early", bearer });
  if (item.bearer) {
    const first = await once(item.bearer);
    if (first.ok || first.problem.kind !== "signed_out" || !isOf(item, await holder())) return first;
  }
  const second = await once(undefined);
  // The phone changed hands meanwhile: another patient was refused, not this one.
  if (second.ok || isOf(item, await holder())) return second;
  return { ok: false, problem: { ...second.problem, kind: "signed_out" } };
}

function tell(news: News): void {
  listener?.(news);
  channel.postMessage(news);
}
