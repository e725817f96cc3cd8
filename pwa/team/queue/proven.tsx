import { useEffect } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { useLoad } from "../state/load.ts";
import type { Proof } from "../types.ts";

const EVERY_MS = 30_000;

/** When the watcher last saw a page arrive, asked again twice a minute; red when that is too long ago. */
export function ProvenLine() {
  const data = useProof();
  if (!data) return null;
  return data.red ? <Alarm proof={data} /> : <p class="soft">{calm(data)}</p>;
}

/** On other pages only that it is too long ago. */
export function ProvenAlarm() {
  const data = useProof();
  return data?.red ? <Alarm proof={data} /> : null;
}

function useProof(): Proof | null {
  const { data, reload } = useLoad<Proof>("/api/clinic/proof");
  useEffect(() => {
    const timer = setInterval(reload, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return data;
}

function Alarm({ proof }: { proof: Proof }) {
  return (
    <p class="notice notice-bad" role="alert">
      <strong>{proof.held ? t("proven_held") : proof.minutes === null ? t("proven_never") : t("proven_old", { count: proof.minutes })}</strong>
    </p>
  );
}

function calm({ watched, minutes }: Proof): string {
  if (!watched) return t("proven_no_watcher");
  if (minutes === null) return t("proven_not_yet");
  return minutes ? t("proven_ago", { count: minutes }) : t("proven_now");
}
