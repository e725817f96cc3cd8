import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { codeWord, t } from "./i18n/t.ts";
import { LanguageSwitch } from "../shared/ui/language-switch.tsx";
import { Link } from "./parts/link.tsx";
import { SendingHeldBanner } from "./queue/sendingHeld.tsx";
import { StreamChip } from "./queue/streamChip.tsx";
import { signOut, useMe } from "./state/access.ts";
import { choose } from "./state/language.ts";
import { alerts, notClosed } from "./state/alerts.ts";
import { route } from "./state/route.ts";
import { useStore } from "../shared/store.ts";
import { careNow, careSecond } from "./time/careClock.ts";
import { clockTime } from "./time/words.ts";

/** What surrounds every screen: where one can go, whether the screen is live, the clinic's time, who is signed in. */
export function Shell({ children }: { children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        {t("skip")}
      </a>
      <header class="top">
        <span class="brand">Afterglow</span>
        <Navigation />
        <div class="top-side">
          <StreamChip />
          <ClinicClock />
          <WhoAmI />
        </div>
      </header>
      <DemoStrip />
      <SendingHeldBanner />
      {children}
    </>
  );
}

function DemoStrip() {
  if (!useMe().demo) return null;
  return (
    <aside class="demo-strip" aria-label={t("demo")}>
      {t("demo_strip")}{" "}
      <a href="/demo" target="_blank" rel="noopener">
        {t("demo_link")}
      </a>
    </aside>
  );
}

function Navigation() {
  const path = useStore(route);
  const open = notClosed(useStore(alerts)).filter((alert) => alert.state === "open").length;
  const section = path.split("/")[0] ?? "";
  return (
    <nav class="tabs" aria-label={t("navigation")}>
      <Link to="" class="tab" current={section === "" || section === "alerts"}>
        {t("queue")}
        {open > 0 && (
          <span class="count" aria-label={t("open_count", { count: open })}>
            {open}
          </span>
        )}
      </Link>
      <Link to="patients" class="tab" current={section === "patients" || section === "sessions"}>
        {t("patients")}
      </Link>
      <Link to="settings" class="tab" current={section === "settings" || section === "rota"}>
        {t("settings")}
      </Link>
    </nav>
  );
}

function ClinicClock() {
  useStore(careSecond);
  const { time_zone: zone } = useMe().clinic;
  return (
    <span class="clinic-clock" title={t("clinic_time", { zone })}>
      {clockTime(careNow(), zone)}
    </span>
  );
}

function WhoAmI() {
  const me = useMe();
  const menu = useMenu();
  return (
    <details class="whoami" ref={menu}>
      <summary>{me.name}</summary>
      <div class="whoami-more">
        <p>
          {codeWord("role", me.role)}
          <br />
          {me.clinic.name}
          <br />
          <span class="soft">{t("clinic_time", { zone: me.clinic.time_zone })}</span>
        </p>
        <LanguageSwitch onChoose={(language) => choose(language, true)} />
        <button type="button" class="button" onClick={() => void signOut()}>
          {t("sign_out")}
        </button>
      </div>
    </details>
  );
}

/** A details element that closes as menus do: by Escape, by a tap elsewhere, by going to another screen. */
function useMenu(): RefObject<HTMLDetailsElement | null> {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const shut = (): void => menu.current?.removeAttribute("open");
    const elsewhere = (event: Event): void => {
      if (!menu.current?.contains(event.target as Node)) shut();
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key === "Escape") shut();
    };
    addEventListener("pointerdown", elsewhere);
    addEventListener("keydown", escape);
    const stop = route.subscribe(shut);
    return () => {
      removeEventListener("pointerdown", elsewhere);
      removeEventListener("keydown", escape);
      stop();
    };
  }, []);
  return menu;
}
