/** Sends what waits: by the page or by the worker, never by both at once. */
import { call, type Result } from "../shared/api.ts";
import { read, readAll, remove, write } from "./db.ts";
import { after, bodyOf, isDue, type Item, type Reason } from "./item.ts";
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
  return (await readAll<Item>("outbox")).some(({ state }) => state === "queued");
}

export function attempt(id: string, reason: Reason): Promise<void> {
  return alone(id, async () => {
    let item = await read<Item>("outbox", id);
    while (item && isDue(item, Date.now(), reason)) {
      tell({ item, busy: true });
      const result = await deliver(item);
      item = after(item, result, Date.now(), Math.random(), crypto.randomUUID());
      // Signed out meanwhile: nothing may come back.
      if (!(await read("outbox", id))) return;
      await settle(item, result);
      tell({ item, busy: false, ...(result.ok ? { data: result.data } : {}) });
      if (item.nextAt > 0) return;
    }
  });
}

/** A whole form on a phone of the clinic's own patient stays until somebody has read what the clinic said back. */
async function settle(item: Item, result: Result<unknown>): Promise<void> {
  if (result.ok && !(item.part === "whole" && item.cookie)) return remove("outbox", item.id);
  if (result.ok) item.reply = await hide(result.data);
  await write("outbox", item.id, item);
}

async function deliver(item: Item): Promise<Result<unknown>> {
  const once = (bearer: string | undefined) =>
    call(item.method, item.url, bodyOf(item, new Date().toISOString()), { keepalive: item.part === "early", bearer });
  const first = await once(item.bearer);
  const expired = item.bearer && !first.ok && first.problem.kind === "signed_out";
  return expired && item.cookie ? once(undefined) : first;
}

function tell(news: News): void {
  listener?.(news);
  channel.postMessage(news);
}
