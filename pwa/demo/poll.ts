import { useEffect, useState } from "preact/hooks";
import { call } from "../shared/api.ts";

/** Reads a path every second, one call at a time; the last answer stays while there is none. */
export function usePoll<T>(path: string): { data: T | null; lost: boolean } {
  const [state, setState] = useState<{ data: T | null; lost: boolean }>({ data: null, lost: false });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let wanted = true;
    const read = async (): Promise<void> => {
      const result = await call<T>("GET", path);
      if (!wanted) return;
      setState((before) => (result.ok ? { data: result.data, lost: false } : { ...before, lost: true }));
      timer = setTimeout(() => void read(), 1000);
    };
    void read();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [path]);
  return state;
}
