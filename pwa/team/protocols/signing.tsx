import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { useMe } from "../state/access.ts";
import { go } from "../state/route.ts";
import { t } from "./i18n/t.ts";
import { Check, inLanguage } from "./parts.tsx";
import type { Draft } from "./types.ts";

/** The author signs by submitting; a second person publishes. */
export function Signing({ draft, path, onChanged }: { draft: Draft; path: string; onChanged: (draft: Draft) => void }) {
  const me = useMe();
  const faults = draft.findings.filter((one) => one.level === "fault");
  const lowered = draft.findings.filter((one) => one.level === "yes");
  const [accepted, setAccepted] = useState<string[]>([]);
  const [asking, setAsking] = useState<"submit" | "publish" | "drop">();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const { revision, submitted_by: author } = draft.draft;
  const act = async (verb: "submit" | "publish" | "reopen" | "drop"): Promise<void> => {
    setBusy(true);
    const body = verb === "reopen" ? { revision } : { revision, accepted };
    const result =
      verb === "drop"
        ? await send("DELETE", `${path}?revision=${revision}`)
        : await send<Draft>("POST", inLanguage(`${path}/${verb}`), body);
    setBusy(false);
    setAsking(undefined);
    if (!result.ok) {
      const current = result.problem.body["current"];
      if (current) onChanged(current as Draft);
      const { kind, title } = result.problem;
      return setProblem(current ? t("stale") : kind === "forbidden" ? t("same_person") : title || problemText(result.problem));
    }
    setProblem("");
    if (verb === "publish" || verb === "drop") go("protocols");
    else onChanged(result.data as Draft);
  };
  const ready = faults.length === 0 && lowered.every((one) => accepted.includes(one.key));
  return (
    <section class="panel">
      <h2>{t("signing")}</h2>
      <Notice text={problem} />
      {faults.length > 0 && <p class="notice notice-bad">{t("faults", { count: faults.length })}</p>}
      {author && <p class="notice notice-warn">{t("waiting", { name: author.name })}</p>}
      {(!author || !draft.yours) &&
        lowered.map((one) => (
          <Check
            key={one.key}
            label={t("say_yes", { what: one.text })}
            on={accepted.includes(one.key)}
            onChange={(on) => setAccepted(on ? [...accepted, one.key] : accepted.filter((key) => key !== one.key))}
          />
        ))}
      <div class="buttons">
        {!author && (
          <Button kind="primary" disabled={!ready} onClick={() => setAsking("submit")}>
            {t("submit")}
          </Button>
        )}
        {author && !draft.yours && (
          <Button kind="primary" disabled={!ready} onClick={() => setAsking("publish")}>
            {t("publish")}
          </Button>
        )}
        {author && <Button onClick={() => void act("reopen")}>{t("reopen")}</Button>}
        <Button kind="quiet" onClick={() => setAsking("drop")}>
          {t("drop")}
        </Button>
      </div>
      {author && draft.yours && <p class="soft">{t("same_person")}</p>}
      {asking && (
        <Confirm
          title={t(asking)}
          text={t(`${asking}_text`, { name: me.name })}
          yes={t(asking)}
          busy={busy}
          onYes={() => void act(asking)}
          onNo={() => setAsking(undefined)}
        />
      )}
    </section>
  );
}
