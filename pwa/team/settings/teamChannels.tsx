import { useEffect, useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { announce } from "../state/announce.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { clockSeconds, dayAndTime } from "../time/words.ts";
import { dayIn } from "../time/zone.ts";
import type { TeamChannel, TeamChannels } from "../types.ts";
import { AddTeamChannel, CHANNELS, ChangeTeamChannel } from "./teamChannelForm.tsx";

const LOOK_EVERY_MS = 2_000;

/** Rooms that hear about alerts beside the people who are paged. */
export function TeamChannelsPanel() {
  const list = useLoad<TeamChannels>(CHANNELS);
  const [problem, setProblem] = useState("");
  const [testing, setTesting] = useState("");
  const [tooSoon, setTooSoon] = useState("");
  const [open, setOpen] = useState<"add" | TeamChannel>();
  const [leaving, setLeaving] = useState<TeamChannel>();
  const waiting = list.data?.items.some((one) => one.last_state === "queued") === true;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => document.visibilityState === "visible" && list.reload(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [waiting]);
  const act = async (method: "DELETE", path: string): Promise<boolean> => {
    const result = await send<TeamChannels>(method, path);
    setProblem(result.ok ? "" : problemText(result.problem));
    if (result.ok) list.set(result.data);
    return result.ok;
  };
  const test = async (one: TeamChannel): Promise<void> => {
    setTesting(one.id);
    setTooSoon("");
    const result = await send<TeamChannels>("POST", `${CHANNELS}/${one.id}/test`);
    setTesting("");
    const again = !result.ok && result.problem.kind === "conflict";
    if (again) setTooSoon(one.id);
    setProblem(result.ok || again ? "" : problemText(result.problem));
    if (result.ok) list.set(result.data);
  };
  const remove = async (one: TeamChannel): Promise<void> => {
    setLeaving(undefined);
    if (await act("DELETE", `${CHANNELS}/${one.id}`)) announce(t("channel_removed", { name: one.name }));
  };
  const saved = (changed: TeamChannels): void => {
    setOpen(undefined);
    list.set(changed);
    announce(t("saved"));
  };
  return (
    <section class="panel" data-testid="team-channels">
      <h2>{t("channels")}</h2>
      <p class="soft">{t("channels_hint")}</p>
      <Notice text={problem} />
      <Loaded data={list.data} problem={list.problem} retry={list.reload}>
        {({ items }) => (
          <>
            {items.length === 0 && <p>{t("channels_none")}</p>}
            <ul class="plain">
              {items.map((one) => (
                <Line
                  one={one}
                  key={one.id}
                  testing={testing === one.id}
                  tooSoon={tooSoon === one.id}
                  onTest={() => void test(one)}
                  onChange={() => setOpen(one)}
                  onRemove={() => setLeaving(one)}
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {open === "add" && <AddTeamChannel onDone={saved} onCancel={() => setOpen(undefined)} />}
      {open && open !== "add" && (
        <ChangeTeamChannel key={open.id} one={open} onDone={saved} onCancel={() => setOpen(undefined)} />
      )}
      {!open && <Button onClick={() => setOpen("add")}>{t("channel_add")}</Button>}
      {leaving && (
        <Confirm
          title={t("channel_remove_title", { name: leaving.name })}
          text={t("channel_remove_text")}
          yes={t("channel_remove")}
          onYes={() => void remove(leaving)}
          onNo={() => setLeaving(undefined)}
        />
      )}
    </section>
  );
}

interface LineProps {
  one: TeamChannel;
  testing: boolean;
  /** It was pressed again at once: the test that was sent then is the one that counts. */
  tooSoon: boolean;
  onTest: () => void;
  onChange: () => void;
  onRemove: () => void;
}

function Line({ one, testing, tooSoon, onTest, onChange, onRemove }: LineProps) {
  const zone = useMe().clinic.time_zone;
  const failed = one.last_state === "failed" || one.last_state === "expired" || one.last_state === "parked";
  return (
    <li class="line">
      <span>
        <strong>{one.name}</strong>{" "}
        <span class="soft">{[one.service, one.host].filter(Boolean).join(" · ")}</span>
        {one.hears.map((what) => (
          <span class="tag" key={what}>
            {codeWord("hears", what)}
          </span>
        ))}
        <span class={failed ? "block bad-words" : "block soft"} role="status">
          {lastWords(one, zone)}
        </span>
        {tooSoon && (
          <span class="block" role="alert">
            {t("channel_test_wait")}
          </span>
        )}
      </span>
      <span class="line-buttons">
        <Button aria-label={t("channel_test_named", { name: one.name })} busy={testing} onClick={onTest}>
          {t("channel_test")}
        </Button>
        <Button aria-label={t("channel_change_named", { name: one.name })} onClick={onChange}>
          {t("channel_change")}
        </Button>
        <Button aria-label={t("channel_remove_named", { name: one.name })} onClick={onRemove}>
          {t("channel_remove")}
        </Button>
      </span>
    </li>
  );
}

function lastWords(one: TeamChannel, zone: string): string {
  if (!one.last_at) return t("channel_never");
  // To the second: the words after a second test differ from those after the first.
  const today = dayIn(Date.parse(one.last_at), zone) === dayIn(careNow(), zone);
  const time = today ? clockSeconds(one.last_at, zone) : dayAndTime(one.last_at, zone, careNow());
  const why = one.last_error ? reason(one.last_error) : t("channel_why_other");
  if (one.last_state === "queued") return one.last_error ? t("channel_trying", { why }) : t("channel_on_its_way");
  if (one.last_state === "sent" || one.last_state === "delivered")
    return t(one.last_was_test ? "channel_test_taken" : "channel_last_taken", { time });
  return t(one.last_was_test ? "channel_test_failed" : "channel_last_failed", { time, why });
}

function reason(error: string): string {
  const code = error.startsWith("http_") ? error.slice(5) : "";
  if (["401", "403", "404", "410"].includes(code)) return t("channel_why_address", { code });
  if (code) return t(code >= "500" || code === "429" ? "channel_why_busy" : "channel_why_refused", { code });
  if (error === "private_address") return t("channel_why_private");
  if (error === "timeout") return t("channel_why_slow");
  return t(error === "connection" ? "channel_why_away" : "channel_why_other");
}
