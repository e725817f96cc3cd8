import { createStore } from "../../shared/store.ts";

/** The path of this page below `/team`: "", "patients", "alerts/K7F3". */
export const route = createStore(here());

function here(): string {
  return location.pathname.replace(/^\/team\/?/, "").replace(/\/$/, "");
}

export function go(to: string): void {
  history.pushState(null, "", href(to));
  route.set(here());
  scrollTo(0, 0);
}

export function href(to: string): string {
  return to ? `/team/${to}` : "/team";
}

export function followHistory(): () => void {
  const listener = (): void => route.set(here());
  addEventListener("popstate", listener);
  return () => removeEventListener("popstate", listener);
}
