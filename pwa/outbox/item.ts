/** What waits to be sent, and what becomes of it after each try. Pure. */
import { isTransient, type Method, type Result } from "../shared/api.ts";
import type { Hidden } from "./vault.ts";

/** queued: will be tried again; signed_out: kept until the phone is set up again; refused: the server said no. */
export type State = "queued" | "signed_out" | "refused" | "stored";

/** Sealed to the clinic: nobody can read it on this phone. */
export interface Sealed {
  key_id: number;
  sealed: string;
  sealed_for: string;
}

export interface Item {
  id: string;
  /** The key of the form it comes from. */
  form: string;
  /** A whole form; one answer that goes ahead; a whole form again with another birth year. */
  part: "whole" | "early" | "year";
  method: Method;
  url: string;
  /** Identifies what is sent: twice stored is once stored. */
  responseId: string;
  /** The patient whose phone it was given on: only their sign-in may speak for it. None: it came by a message's link. */
  owner?: string | undefined;
  sealed: Sealed;
  /** The submit token; reports have none. */
  bearer?: string | undefined;
  createdAt: number;
  tries: number;
  nextAt: number;
  /** Of the last failure; 0: no answer at all. */
  status?: number | undefined;
  state: State;
  /** By the server's clock. */
  storedAt?: number | undefined;
  /** What the clinic said back, until somebody has read it. */
  reply?: Hidden | undefined;
}

/** timer: its time has come; network: there may be a connection again; person: somebody asks for it. */
export type Reason = "timer" | "network" | "person";

const longestMs = 15 * 60_000;
const maxRenewals = 20;

/** `holder`: whose sign-in this phone has. */
export function isOf({ owner }: Pick<Item, "owner">, holder: string | undefined): boolean {
  return owner !== undefined && owner === holder;
}

/** A token opens one check-in for writing and nothing else, so it is good in anybody's hands; a sign-in is not. */
export function mayGo(item: Item, holder: string | undefined): boolean {
  return item.bearer !== undefined || isOf(item, holder);
}

export function isDue(item: Item, now: number, reason: Reason): boolean {
  if (item.state === "stored" || item.state === "refused") return false;
  if (reason === "person") return true;
  if (item.state === "signed_out") return false;
  if (reason === "network" && item.status === 0) return true;
  // A time out of reach was written by a clock that has been set back.
  return item.nextAt <= now || item.nextAt > now + 2 * longestMs;
}

/** Milliseconds to wait after so many tries: doubling from 2 s to 15 min, spread, never below what the server asked. */
export function delayAfter(tries: number, retryAfterSeconds: number, random: number): number {
  const plain = Math.min(longestMs, 2_000 * 2 ** Math.max(0, tries - 1));
  return Math.max(retryAfterSeconds * 1000, plain * (0.75 + random / 2));
}

export function stateAfter(result: Result<unknown>): State {
  if (result.ok) return "stored";
  if (result.problem.kind === "signed_out") return "signed_out";
  return isTransient(result.problem) ? "queued" : "refused";
}

/** `newId`: taken when the server knows the id with other content, so that neither answer is lost. */
export function after(item: Item, result: Result<unknown>, now: number, random: number, newId: string): Item {
  const tries = item.tries + 1;
  if (result.ok) return { ...item, tries, state: "stored", storedAt: result.at, nextAt: 0, status: undefined };
  const { kind, status, retryAfter } = result.problem;
  if (kind === "conflict" && item.part === "whole" && tries < maxRenewals) {
    return { ...item, tries, status, responseId: newId, nextAt: 0 };
  }
  return { ...item, tries, status, state: stateAfter(result), nextAt: now + delayAfter(tries, retryAfter, random) };
}

/** A token says whose it is; what has none names its patient, and the server compares. */
export function bodyOf(item: Item, now: string): Record<string, unknown> {
  const { responseId, owner, sealed, bearer } = item;
  return { ...sealed, response_id: responseId, sent_at: now, ...(bearer ? {} : { patient_id: owner }) };
}
