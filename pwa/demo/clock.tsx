import { useState } from "preact/hooks";
import { call } from "../shared/api.ts";
import { Button } from "../shared/ui/button.tsx";
import { t } from "./i18n/t.ts";
import { usePoll } from "./poll.ts";
import { moment } from "./words.ts";

const STEPS = [0.25, 1, 6, 24];
/** Turning a day may let the engine do a lot of work on the way. */
const TURN_TIMEOUT_MS = 300_000;

interface Turn {
  from: number;
  hours: number;
}

/** Care time, and the buttons that turn it. */
export function Clock() {
  const { data } = usePoll<{ now: string }>("/demo/clock");
  const [turn, setTurn] = useState<Turn>();
  const [said, say] = useState("");
  const go = async (hours: number): Promise<void> => {
    if (!data) return;
    setTurn({ from: Date.parse(data.now), hours });
    say("");
    const result = await call("POST", "/demo/clock", { hours }, { timeoutMs: TURN_TIMEOUT_MS });
    setTurn(undefined);
    say(result.ok ? t("turned") : result.problem.detail || t("turn_failed"));
  };
  return (
    <section class="card" aria-labelledby="clock">
      <h2 id="clock">{t("clock")}</h2>
      <p class="soft">{t("care_time_hint")}</p>
      <p class="care-time">
        <span class="hidden-visually">{t("care_time")}</span> {data ? moment(data.now) : "…"}
      </p>
      <div class="turns">
        {STEPS.map((hours) => (
          <Button key={hours} kind="primary" disabled={turn !== undefined || !data} onClick={() => void go(hours)}>
            {t("plus", { length: hours < 1 ? t("length_min", { n: hours * 60 }) : t("length_h", { n: hours }) })}
          </Button>
        ))}
      </div>
      {turn && <Turning turn={turn} now={data ? Date.parse(data.now) : turn.from} />}
      <p role="status" class="soft">
        {said}
      </p>
    </section>
  );
}

function Turning({ turn, now }: { turn: Turn; now: number }) {
  const done = Math.min(1, Math.max(0, (now - turn.from) / (turn.hours * 3_600_000)));
  return (
    <p>
      <progress value={done} max={1} aria-label={t("turning")} /> <span>{t("turning")}</span>
    </p>
  );
}
