/** The forms begun on this phone, by check-in, so that leaving and coming back loses nothing. */
import type { Draft } from "./form/draft.ts";
import { createStore, type Store } from "../shared/store.ts";

const drafts = new Map<string, Store<Draft>>();

export function draftOf(key: string, begin: () => Draft): Store<Draft> {
  const known = drafts.get(key);
  if (known) return known;
  const store = createStore(begin());
  drafts.set(key, store);
  return store;
}

export function dropDraft(key: string): void {
  drafts.delete(key);
}

export function dropDrafts(): void {
  drafts.clear();
}

/** Whether answers were given that were never sent. */
export function hasDraft(): boolean {
  return [...drafts.values()].some((store) => Object.keys(store.get().answers).length > 0);
}
