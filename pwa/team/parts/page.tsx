import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { pageTitle } from "../state/title.ts";

interface PageProps {
  title: string;
  /** What the browser tab says when the heading names a patient. */
  tab?: string;
  beside?: ComponentChildren;
  children: ComponentChildren;
}

/** One screen: its heading takes the focus when the screen opens, so that screen readers say where we are. */
export function Page({ title, tab, beside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useEffect(() => pageTitle.set(tab ?? title), [tab, title]);
  return (
    <main class="page" id="main">
      <div class="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside}
      </div>
      {children}
    </main>
  );
}

interface LoadedProps<T> {
  data: T | null;
  problem: string;
  retry: () => void;
  children: (data: T) => ComponentChildren;
}

/** What a load shows: its data, its problem with a way to try again, or that it is on its way. */
export function Loaded<T>({ data, problem, retry, children }: LoadedProps<T>) {
  if (problem) {
    return (
      <div class="notice notice-bad" role="alert">
        <p>{problem}</p>
        <button type="button" class="button" onClick={retry}>
          {t("try_again")}
        </button>
      </div>
    );
  }
  return data === null ? <p class="soft">{t("loading")}</p> : <>{children(data)}</>;
}
