import { useEffect } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { named } from "../rota/names.ts";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { OnCall } from "../types.ts";

const EVERY_MS = 60_000;

/** Who is on call now and next, asked again each minute. */
export function OnCallLine() {
  const zone = useMe().clinic.time_zone;
  const { data, reload } = useLoad<OnCall>("/api/clinic/on-call");
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return null;
  const time = (at: string): string => dayAndTime(at, zone, careNow());
  const nobody = !data.now.length;
  return (
    <p class={nobody ? "on-call notice notice-warn" : "on-call"} data-testid="on-call">
      <strong>{nobody ? t("rota_nobody") : t("rota_now", { names: named(data.now) })}</strong>
      {!nobody && data.until && <span>{t("rota_until", { time: time(data.until) })}</span>}
      {data.next_at && <span>{t("rota_next", { names: named(data.next), time: time(data.next_at) })}</span>}
      <Link to="rota">{t("rota_open")}</Link>
    </p>
  );
}
