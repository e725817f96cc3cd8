/** A message that reached somebody else: asked once more, then told to the sender. Nothing has been shown till then. */
import { useState } from "preact/hooks";
import { notForMe } from "../api.ts";
import { Stranger } from "../form/stranger.tsx";
import { Frame } from "../frame.tsx";
import { t } from "../i18n/t.ts";
import { problemText } from "../problem.ts";
import { Title } from "./title.tsx";

export function NotForMe({ token, onBack }: { token: string; onBack: () => void }) {
  const [stage, setStage] = useState<"asking" | "telling" | "told">("asking");
  const [error, setError] = useState<string>();
  const tell = async () => {
    setStage("telling");
    const result = await notForMe(token);
    setStage(result.ok ? "told" : "asking");
    if (!result.ok) setError(result.problem.kind === "missing" ? t("link_gone") : problemText(result.problem));
  };
  if (stage === "told") {
    return (
      <Frame>
        <Title>{t("stranger_done")}</Title>
      </Frame>
    );
  }
  return (
    <Frame>
      <Stranger busy={stage === "telling"} error={error} onYes={() => void tell()} onNo={onBack} />
    </Frame>
  );
}
