/** The forms begun on this phone, by check-in, so that leaving, reloading or a killed browser loses nothing. */
import { createStore, type Store } from "../shared/store.ts";
import { drop, findAll, keep } from "../outbox/vault.ts";
import type { Draft } from "./form/draft.ts";

const prefix = "draft ";
const longestMs = 30 * 86_400_000;
const drafts = new Map<string, Store<Draft>>();
let writing: Promise<void> = Promise.resolve();

export function draftOf(key: string, begin: () => Draft): Store<Draft> {
  return drafts.get(key) ?? follow(key, begin());
}

export function dropDraft(key: string): void {
  drafts.delete(key);
  inTurn(() => drop(prefix + key));
}

/** The answer that this draft became has arrived: the next one begins anew. */
export function dropDraftOf(key: string, responseId: string): void {
  if (drafts.get(key)?.get().responseId === responseId) dropDraft(key);
}

export async function forgetDrafts(): Promise<void> {
  for (const key of [...drafts.keys()]) dropDraft(key);
  await writing;
}

/** Whether answers were given that were never sent. */
export function hasDraft(): boolean {
  return [...drafts.values()].some((store) => Object.keys(store.get().answers).length > 0);
}

/** What an earlier visit left; what nobody came back to for a month is forgotten. */
export async function restoreDrafts(): Promise<void> {
  for (const [key, draft] of await findAll<Draft>(prefix)) {
    if (Date.now() - Date.parse(draft.startedAt) > longestMs) dropDraft(key);
    else follow(key, draft);
  }
}

function follow(key: string, draft: Draft): Store<Draft> {
  const store = createStore(draft);
  drafts.set(key, store);
  const save = () => drafts.get(key) === store && inTurn(() => keep(prefix + key, store.get()));
  store.subscribe(save);
  return store;
}

/** One after the other, so that an older state never replaces a newer one. */
function inTurn(write: () => Promise<void>): void {
  writing = writing.then(write).catch(() => undefined);
}
