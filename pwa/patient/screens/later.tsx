/**
 * The form is in a file of its own, so that the first screen is there before it. It is fetched as soon as that stands,
 * and the worker keeps it.
 */
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Frame } from "../frame.tsx";
import { phoneZone } from "../help/place.ts";
import { t } from "../i18n/t.ts";
import type { AnsweringProps } from "./answering.tsx";

let loaded: FunctionComponent<AnsweringProps> | undefined;

export async function fetchForm(): Promise<void> {
  loaded = (await import("./answering.tsx")).Answering;
}

export function Answering(props: AnsweringProps) {
  const [, show] = useState(0);
  const [failed, setFailed] = useState(false);
  const run = async () => {
    setFailed(false);
    try {
      await fetchForm();
      show((times) => times + 1);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => void (loaded ?? run()), []);
  // The first time it takes a slow phone a moment: it is over before help has to be shown.
  useEffect(() => void phoneZone(), []);
  if (loaded) {
    const Form = loaded;
    return <Form {...props} />;
  }
  return (
    <Frame>
      <p role="status">{failed ? t("no_network") : t("loading")}</p>
      {failed && <Button onClick={() => void run()}>{t("try_again")}</Button>}
    </Frame>
  );
}
