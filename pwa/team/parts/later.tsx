import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Loaded, Page } from "./page.tsx";

/** A screen, or a part of one, whose code and words come when it is first opened: not every nurse opens each of them each day. */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  is: "screen" | "part" = "screen",
): ComponentType<P> {
  let known: ComponentType<P> | undefined;
  return function Later(props: P) {
    const [Screen, setScreen] = useState<ComponentType<P> | undefined>(() => known);
    const [failed, setFailed] = useState(false);
    const ask = () => {
      setFailed(false);
      load().then(
        (loaded) => setScreen(() => (known = loaded)),
        () => setFailed(true),
      );
    };
    useEffect(() => (known ? undefined : ask()), []);
    if (Screen) return <Screen {...props} />;
    const waiting = (
      <Loaded data={null} problem={failed ? t("unreachable") : ""} retry={ask}>
        {() => null}
      </Loaded>
    );
    return is === "part" ? waiting : <Page title={t("loading")}>{waiting}</Page>;
  };
}
