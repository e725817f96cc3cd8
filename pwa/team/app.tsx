import { useEffect, useState } from "preact/hooks";
import { Button } from "../shared/ui/button.tsx";
import { useLanguage } from "../shared/i18n/language.ts";
import { t } from "./i18n/t.ts";
import { PageAnswer, pageToken } from "./pageAnswer.tsx";
import { Screen } from "./screen.tsx";
import { Shell } from "./shell.tsx";
import { SignIn } from "./signIn.tsx";
import { access, askWhoIAm } from "./state/access.ts";
import { spoken } from "./state/announce.ts";
import { listen, stopListening } from "./state/listen.ts";
import { useStore } from "../shared/store.ts";

export function App() {
  useLanguage();
  const { status, me } = useStore(access);
  const [token, setToken] = useState(pageToken);
  const person = status === "in" ? me?.id : undefined;
  // Another page's link, opened in a tab that is here already, changes the fragment alone.
  useEffect(() => {
    const look = () => setToken(pageToken());
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  useEffect(() => (person ? listen(person) : stopListening()), [person]);
  return (
    <>
      <Spoken />
      {status === "asking" && (
        <main class="starting">
          <h1>Afterglow</h1>
          <p class="soft">{t("loading")}</p>
        </main>
      )}
      {status === "unreachable" && <Unreachable />}
      {status === "out" &&
        (token && me === null ? (
          <PageAnswer key={token} token={token} onSignIn={() => setToken("")} />
        ) : (
          <SignIn ended={me !== null} />
        ))}
      {/* Kept under an ended sign-in, out of sight: a half-written form comes back for the same person. */}
      {me && (
        <div hidden={status !== "in"} key={me.id}>
          <Shell>
            <Screen />
          </Shell>
        </div>
      )}
    </>
  );
}

function Spoken() {
  const { now, soon } = useStore(spoken);
  return (
    <>
      <div class="hidden-visually" role="alert" aria-live="assertive">
        {now}
      </div>
      <div class="hidden-visually" role="status" aria-live="polite">
        {soon}
      </div>
    </>
  );
}

function Unreachable() {
  return (
    <main class="gate" id="main">
      <h1>Afterglow</h1>
      <p class="notice notice-bad" role="alert">
        {t("unreachable")}
      </p>
      <Button kind="primary" onClick={() => void askWhoIAm()}>
        {t("try_again")}
      </Button>
    </main>
  );
}
