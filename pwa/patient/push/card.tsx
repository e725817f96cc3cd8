/** Notifications on this phone: offered once they make sense, tried, turned off; in plain words either way. */
import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { t } from "./i18n/t.ts";
import { settle, tryOut, turnOff, turnOn, type Shown } from "./phone.ts";

export function Card() {
  useLanguage();
  const [shown, setShown] = useState<Shown>("hidden");
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<"tried" | "untried" | undefined>();
  useEffect(() => void settle().then(setShown), []);
  const run = (work: () => Promise<Shown>) => {
    setBusy(true);
    setTried(undefined);
    void work()
      .catch((): Shown => "failed")
      .then(setShown)
      .then(() => setBusy(false));
  };
  const test = async (): Promise<Shown> => {
    const sent = await tryOut();
    if (sent !== "refused") setTried(sent);
    return sent === "refused" ? "failed" : "on";
  };
  if (shown === "hidden") return null;
  return (
    <section class="card" aria-labelledby="push-title">
      <h2 id="push-title">{t("title")}</h2>
      <p role="status" class="soft">
        {tried ? t(tried) : t(shown === "offer" ? "why" : shown)}
      </p>
      {shown === "on" ? (
        <div class="stack">
          <Button big busy={busy} onClick={() => run(test)}>
            {t("try")}
          </Button>
          <Button kind="quiet" busy={busy} onClick={() => run(turnOff)}>
            {t("turn_off")}
          </Button>
        </div>
      ) : (
        shown !== "blocked" && (
          <Button big busy={busy} onClick={() => run(turnOn)}>
            {t("turn_on")}
          </Button>
        )
      )}
    </section>
  );
}
