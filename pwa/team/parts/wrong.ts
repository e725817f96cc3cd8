import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";

/** After a refused form: the focus goes to the first wrong field. */
export function useFocusOnWrong(problem: Problem | undefined): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [problem]);
  return form;
}
