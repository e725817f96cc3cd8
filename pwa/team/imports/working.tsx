import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/t.ts";

/** The server stores all rows in one go, so there is no part of them to show: only that it still works. */
export function Working({ rows }: { rows: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const started = performance.now();
    const timer = setInterval(() => setSeconds(Math.round((performance.now() - started) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div class="panel working">
      <p role="status">{t("import_working", { count: rows })}</p>
      <progress aria-label={t("import_progress")} />
      <p class="soft">{t("import_working_stay", { seconds })}</p>
    </div>
  );
}
