import { useEffect, useState } from "preact/hooks";

export type Store<T> = {
  get(): T;
  set(next: T): void;
  update(change: (now: T) => T): void;
  subscribe(listener: () => void): () => void;
};

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: T): void => {
    if (Object.is(next, value)) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  const [, again] = useState(0);
  // The value may change between render and effect: look again once subscribed.
  useEffect(() => {
    const seen = store.get();
    const stop = store.subscribe(() => again((n) => n + 1));
    if (!Object.is(seen, store.get())) again((n) => n + 1);
    return stop;
  }, [store]);
  return store.get();
}
