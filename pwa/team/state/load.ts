import { useEffect, useState } from "preact/hooks";
import { get, problemText } from "../calls.ts";
import { access } from "./access.ts";
import { useStore } from "../../shared/store.ts";

export interface Load<T> {
  data: T | null;
  problem: string;
  reload: () => void;
  set: (data: T) => void;
}

/** Reads a path now, when it changes, and again after a new sign-in. The old data stays until the new is there. */
export function useLoad<T>(path: string): Load<T> {
  const [state, setState] = useState<{ path: string; data: T | null; problem: string }>({
    path,
    data: null,
    problem: "",
  });
  const [round, setRound] = useState(0);
  const signedIn = useStore(access).status === "in";
  useEffect(() => {
    if (!signedIn) return;
    let wanted = true;
    void get<T>(path).then((result) => {
      if (!wanted) return;
      if (result.ok) setState({ path, data: result.data, problem: "" });
      else setState((before) => ({ ...before, problem: problemText(result.problem) }));
    });
    return () => {
      wanted = false;
    };
  }, [path, round, signedIn]);
  return {
    data: state.data,
    problem: state.problem,
    reload: () => setRound((n) => n + 1),
    set: (data) => setState({ path, data, problem: "" }),
  };
}
