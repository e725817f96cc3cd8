/**
 * Screens in files of their own, so that the start screen is there first. They are fetched as soon as it is, and the
 * worker keeps them.
 */
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Frame } from "../frame.tsx";
import { t } from "../i18n/t.ts";
import type { AnsweringProps } from "./answering.tsx";
import type { EnrolProps } from "./enrol.tsx";

export const Enrol = later<EnrolProps>(async () => (await import("./enrol.tsx")).Enrol);

export const Answering = later<AnsweringProps>(fetchForm);

export async function fetchForm() {
  return (await import("./answering.tsx")).Answering;
}

function later<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | undefined;
  return function Later(props: P) {
    const [, show] = useState(0);
    const [failed, setFailed] = useState(false);
    const run = async () => {
      setFailed(false);
      try {
        loaded = await load();
        show((times) => times + 1);
      } catch {
        setFailed(true);
      }
    };
    useEffect(() => void (loaded ?? run()), []);
    if (loaded) {
      const Screen = loaded;
      return <Screen {...props} />;
    }
    return (
      <Frame>
        <p role="status">{failed ? t("no_network") : t("loading")}</p>
        {failed && <Button onClick={() => void run()}>{t("try_again")}</Button>}
      </Frame>
    );
  };
}
