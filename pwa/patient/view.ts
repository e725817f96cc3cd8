/** Where the person is in the app. Addresses carry no health data; the screens inside have none of their own. */
import { createStore } from "../shared/store.ts";

export type View =
  | { name: "home" }
  | { name: "enrol"; token: string | undefined }
  | { name: "link"; token: string | undefined }
  | { name: "check_in"; id: string }
  | { name: "linked" }
  | { name: "report" }
  | { name: "left" };

export const view = createStore<View>({ name: "home" });

/** The view an address asks for. */
export function viewOf(path: string, hash: string): View {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? undefined;
  if (path === "/e") return { name: "enrol", token };
  if (path === "/report") return { name: "report" };
  if (path === "/c") return { name: "link", token };
  return { name: "home" };
}

/** Takes the token out of the address bar once it has been used. */
export function clearAddress(path: string): void {
  history.replaceState(history.state, "", path);
}

export function open(next: View): void {
  if (isForm(next) && !isForm(view.get())) history.pushState({ form: true }, "");
  view.set(next);
  scrollTo(0, 0);
}

/** The phone's own Back: a form may take it as "the question before". */
let takesBack: (() => boolean) | undefined;

export function onPhoneBack(handler: (() => boolean) | undefined): void {
  takesBack = handler;
}

export function watchAddress(): void {
  addEventListener("popstate", () => {
    if (!isForm(view.get()) || location.hash) return route();
    if (takesBack?.()) history.pushState({ form: true }, "");
    else view.set({ name: "home" });
  });
  addEventListener("hashchange", () => location.hash && route());
  route();
}

function route(): void {
  view.set(viewOf(location.pathname, location.hash));
}

function isForm(one: View): boolean {
  return one.name === "check_in" || one.name === "report" || one.name === "linked";
}
