import { useEffect } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { useLoad } from "../state/load.ts";
import type { Proof } from "../types.ts";

const EVERY_MS = 30_000;

/** When the watcher last saw a page arrive, asked again twice a minute; red when that is too long ago. */
export function ProvenLine() {
  const { data, reload } = useLoad<Proof>("/api/clinic/proof");
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return null;
  if (!data.red) return <p class="soft">{calm(data)}</p>;
  return (
    <p class="notice notice-bad" role="alert">
      <strong>{data.minutes === null ? t("proven_never") : t("proven_old", { count: data.minutes })}</strong>
    </p>
  );
}

function calm({ watched, minutes }: Proof): string {
  if (!watched) return t("proven_no_watcher");
  if (minutes === null) return t("proven_not_yet");
  return minutes ? t("proven_ago", { count: minutes }) : t("proven_now");
}
