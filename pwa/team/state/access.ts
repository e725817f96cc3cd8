import { call, type Problem } from "../../shared/api.ts";
import { setCareNow } from "../time/careClock.ts";
import type { Me } from "../types.ts";
import { createStore, useStore } from "../../shared/store.ts";
import { greet } from "./language.ts";

/** Who is signed in. `out` with a `me` means: this person's sign-in ended while the page was open. */
export interface Access {
  status: "asking" | "unreachable" | "out" | "in";
  me: Me | null;
}

export const access = createStore<Access>({ status: "asking", me: null });

function enter(me: Me): void {
  const before = access.get().me;
  setCareNow(me.now);
  if (before?.id !== me.id) greet(me.language);
  access.set({ status: "in", me });
}

/** Asks the server who we are. True also when it cannot be asked: only a clear no ends the page's sign-in. */
export async function askWhoIAm(): Promise<boolean> {
  const result = await call<Me>("GET", "/api/me");
  if (result.ok) enter(result.data);
  else if (result.problem.kind === "signed_out") loseAccess();
  else if (access.get().status === "asking") access.set({ status: "unreachable", me: null });
  return result.ok || result.problem.kind !== "signed_out";
}

export async function signIn(email: string, password: string): Promise<Problem | null> {
  const result = await call<Me>("POST", "/api/sign-in", { email, password });
  if (result.ok) enter(result.data);
  return result.ok ? null : result.problem;
}

export async function signOut(): Promise<void> {
  await call("DELETE", "/api/sign-in");
  access.set({ status: "out", me: null });
}

export function loseAccess(): void {
  access.set({ status: "out", me: access.get().me });
}

/** The signed-in colleague; only for what is shown behind a sign-in. */
export function useMe(): Me {
  return useStore(access).me as Me;
}

export function mayAct(me: Me): boolean {
  return me.role !== "viewer";
}

/** What a prescriber decides: signing a protocol off, ending a hold. */
export function mayDecide(me: Me): boolean {
  return me.role === "clinician" || me.role === "admin";
}

export function mayImport(me: Me): boolean {
  return me.role === "clinician" || me.role === "admin";
}
