import { useEffect, useRef, useState } from "preact/hooks";

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
  const value = store.get();
  const shown = useRef(value);
  shown.current = value;
  useEffect(() => {
    const look = (): void => {
      if (!Object.is(shown.current, store.get())) again((n) => n + 1);
    };
    const stop = store.subscribe(look);
    // The value may have changed between the render and this subscription.
    look();
    return stop;
  }, [store]);
  return value;
}
