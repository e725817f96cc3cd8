/** A link from a message opens exactly one check-in, after one press. */
import { useEffect, useState } from "preact/hooks";
import { supported } from "../../shared/i18n/language.ts";
import { Button } from "../../shared/ui/button.tsx";
import { getCheckIn, openLink } from "../api.ts";
import { isBound } from "../bound.ts";
import { Frame, LanguageSwitch } from "../frame.tsx";
import { clinicPhone, known } from "../help/help.ts";
import { ClinicCall } from "../help/sheet.tsx";
import { useStore } from "../../shared/store.ts";
import { speakIn, t } from "../i18n/t.ts";
import { problemText } from "../problem.ts";
import { clearAddress, open } from "../view.ts";
import type { AnsweringProps as Loaded } from "./answering.tsx";
import { fromCheckIn } from "./check-in.tsx";
import { Answering } from "./later.tsx";
import { NotForMe } from "./not-for-me.tsx";
import { Title } from "./title.tsx";

export function Link({ token, onLoaded }: { token: string | undefined; onLoaded: (loaded: Loaded) => void }) {
  const clinic = clinicPhone(useStore(known));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [gone, setGone] = useState(!token);
  // Read again after a reload: the phone's own start has the check-in, and the answers so far.
  useEffect(() => {
    if (!token && isBound()) toStart();
  }, []);
  const [wrong, setWrong] = useState(false);
  const start = async () => {
    if (!token) return;
    setBusy(true);
    setError(undefined);
    const result = await openLink(token);
    const own = result.ok && isBound() ? await getCheckIn(result.data.id) : undefined;
    setBusy(false);
    if (result.ok) {
      const { needs_birth_year, language } = result.data;
      clearAddress(own?.ok ? "/" : "/c");
      await speakIn(supported(language) ?? "en");
      return onLoaded(own?.ok ? fromCheckIn(own.data) : fromCheckIn(result.data, { needsBirthYear: needs_birth_year }));
    }
    if (result.problem.kind === "network" && isBound()) return toStart();
    if (result.problem.kind !== "missing") return setError(problemText(result.problem));
    setGone(true);
    setError(t("link_gone"));
  };
  if (wrong && token) return <NotForMe token={token} onBack={() => setWrong(false)} />;
  return (
    <Frame>
      <Title>{t("link_title")}</Title>
      <p>{token ? t("link_text") : t("link_none")}</p>
      {error && (
        <p class="notice notice-danger" role="alert">
          {error}
        </p>
      )}
      <div class="stack">
        {gone ? (
          <Button big onClick={() => toStart()}>
            {t("to_start")}
          </Button>
        ) : (
          <Button kind="primary" big busy={busy} onClick={() => void start()}>
            {t("link_start")}
          </Button>
        )}
        {!gone && !isBound() && (
          <Button big onClick={() => setWrong(true)}>
            {t("not_for_me")}
          </Button>
        )}
        {gone && clinic && <ClinicCall number={clinic} />}
        <LanguageSwitch />
      </div>
    </Frame>
  );
}

export function Linked({ loaded }: { loaded: Loaded }) {
  return <Answering {...loaded} />;
}

function toStart(): void {
  clearAddress("/");
  open({ name: "home" });
}
