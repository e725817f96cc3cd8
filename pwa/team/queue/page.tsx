import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { Page } from "../parts/page.tsx";
import { alerts, notClosed } from "../state/alerts.ts";
import { useMe } from "../state/access.ts";
import { soundOn, toggleSound } from "../state/sound.ts";
import { useStore } from "../../shared/store.ts";
import { streamState } from "../state/stream.ts";
import { clockSeconds } from "../time/words.ts";
import { CallListBanner } from "./callListBanner.tsx";
import { AlertCard } from "./card.tsx";
import { inOrder } from "./facts.ts";
import { OnCallLine } from "./onCall.tsx";
import { ProvenLine } from "./proven.tsx";
import { useSettling } from "./settling.ts";

/** Home: every alert that is not closed, most severe first. */
export function QueuePage() {
  const waiting = inOrder(notClosed(useStore(alerts)));
  const { lastAt } = useStore(streamState);
  const settling = useSettling(waiting.map((alert) => alert.id));
  return (
    <Page title={t("queue")} beside={<SoundButton />}>
      <CallListBanner />
      <StaleBanner />
      <OnCallLine />
      <ProvenLine />
      <div class={settling ? "queue queue-settling" : "queue"}>
        {waiting.map((alert) => (
          <AlertCard key={alert.id} alert={alert} />
        ))}
      </div>
      {!waiting.length && lastAt !== null && <Empty />}
    </Page>
  );
}

function Empty() {
  return (
    <div class="empty">
      <p>
        <strong>{t("queue_empty")}</strong>
      </p>
      <p class="soft">{t("queue_empty_more")}</p>
    </div>
  );
}

function StaleBanner() {
  const zone = useMe().clinic.time_zone;
  const { live, lastAt } = useStore(streamState);
  if (live || lastAt === null) return null;
  return (
    <p class="notice notice-bad" role="alert">
      {t("stale", { time: clockSeconds(lastAt, zone) })}
    </p>
  );
}

function SoundButton() {
  const on = useStore(soundOn);
  return (
    <Button aria-pressed={on} onClick={() => void toggleSound()}>
      {on ? t("sound_on") : t("sound_off")}
    </Button>
  );
}
