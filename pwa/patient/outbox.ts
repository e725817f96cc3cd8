/**
 * What must reach the clinic. Each sending is tried until it is stored; nothing is dropped silently.
 *
 * Only this file knows that sendings live in memory: a stored, sealed outbox can take its place behind the
 * same functions.
 */
import { call, isTransient, type Method, type Problem, type Result } from "../shared/api.ts";
import { createStore } from "../shared/store.ts";

export interface Request {
  id: string;
  method: Method;
  url: string;
  /** Identifies what is sent: twice stored is once stored. */
  responseId: string;
  /** Made anew for each try, so that `sent_at` is true. */
  body: (responseId: string) => Record<string, unknown>;
  /** The server knows this id with other content: send again under a new one. */
  renewOnConflict?: boolean;
  /** Sent instead of the cookie. */
  bearer?: string | undefined;
  /** Tried once when the cookie is no longer accepted. */
  fallbackBearer?: string | undefined;
  keepalive?: boolean;
}

/** queued: will be tried again; signed_out: kept until the person opens a link; refused: the server said no. */
export type State = "sending" | "queued" | "stored" | "signed_out" | "refused";

export interface Sending {
  request: Request;
  state: State;
  tries: number;
  data?: unknown;
  problem?: Problem;
  storedAt?: number;
}

const sendings = createStore<ReadonlyMap<string, Sending>>(new Map());
const maxRenewals = 20;
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const outbox = sendings;

/** Starts sending. A sending with the same id that is on its way or stored is left alone. */
export function put(request: Request): void {
  const known = sendings.get().get(request.id);
  if (known && known.state !== "refused" && known.state !== "signed_out") return;
  void attempt({ request, state: "sending", tries: 0 });
}

/** Tries everything that waits, now. */
export function retryNow(): void {
  for (const sending of sendings.get().values()) {
    if (sending.state === "queued" || sending.state === "signed_out") void attempt({ ...sending, state: "sending" });
  }
}

/** Whether something is not stored yet. */
export function hasUnsent(): boolean {
  return [...sendings.get().values()].some((sending) => sending.state !== "stored");
}

export function dropAll(): void {
  for (const id of sendings.get().keys()) drop(id);
}

export function drop(id: string): void {
  clearTimeout(timers.get(id));
  const rest = new Map(sendings.get());
  rest.delete(id);
  sendings.set(rest);
}

/** Tries again when the phone is back online or the page is looked at. */
export function watchConnection(): void {
  addEventListener("online", retryNow);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && retryNow());
}

/** Milliseconds to wait after so many tries: doubling from 2 s to 15 min, spread, never below what the server asked. */
export function delayAfter(tries: number, retryAfterSeconds: number, random: number): number {
  const plain = Math.min(15 * 60_000, 2_000 * 2 ** Math.max(0, tries - 1));
  return Math.max(retryAfterSeconds * 1000, plain * (0.75 + random / 2));
}

export function stateAfter(result: Result<unknown>): State {
  if (result.ok) return "stored";
  if (result.problem.kind === "signed_out") return "signed_out";
  return isTransient(result.problem) ? "queued" : "refused";
}

async function attempt(sending: Sending): Promise<void> {
  const { request } = sending;
  clearTimeout(timers.get(request.id));
  update(sending);
  const result = await send(request);
  if (!sendings.get().has(request.id)) return;
  const tries = sending.tries + 1;
  const state = stateAfter(result);
  if (result.ok) return update({ request, state, tries, data: result.data, storedAt: Date.now() });
  const { problem } = result;
  if (problem.kind === "conflict" && request.renewOnConflict && tries < maxRenewals) {
    return attempt({ request: { ...request, responseId: crypto.randomUUID() }, state: "sending", tries });
  }
  update({ request, state, tries, problem });
  if (state !== "queued") return;
  const again = () => void attempt({ request, state: "sending", tries });
  timers.set(request.id, setTimeout(again, delayAfter(tries, problem.retryAfter, Math.random())));
}

async function send(request: Request): Promise<Result<unknown>> {
  const { method, url, keepalive = false, bearer, fallbackBearer } = request;
  const attemptWith = (token: string | undefined) =>
    call(method, url, request.body(request.responseId), { keepalive, bearer: token });
  const first = await attemptWith(bearer);
  const expired = !first.ok && first.problem.kind === "signed_out";
  return expired && fallbackBearer ? attemptWith(fallbackBearer) : first;
}

function update(sending: Sending): void {
  sendings.set(new Map(sendings.get()).set(sending.request.id, sending));
}
