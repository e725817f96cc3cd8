import { useEffect, useRef } from "preact/hooks";
import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { alerts } from "../state/alerts.ts";
import { useLoad } from "../state/load.ts";
import { useStore } from "../../shared/store.ts";
import { streamState } from "../state/stream.ts";
import { pageTitle } from "../state/title.ts";
import type { Alert, Page as List } from "../types.ts";
import { AlertCard } from "./card.tsx";
import { History } from "./history.tsx";
import { ProvenAlarm } from "./proven.tsx";

/** The page that a page leads to: one alert by its reference. */
export function AlertPage({ reference }: { reference: string }) {
  const wanted = reference.toUpperCase();
  const known = [...useStore(alerts).values()].find((alert) => alert.reference.toUpperCase() === wanted);
  const { lastAt } = useStore(streamState);
  useEffect(() => pageTitle.set(wanted), [wanted]);
  return (
    <main class="page" id="main">
      <p>
        <Link to="">{t("back_to_queue")}</Link>
      </p>
      <ProvenAlarm />
      {known && <OneAlert alert={known} />}
      {!known && (lastAt === null ? <p class="soft">{t("loading")}</p> : <ClosedAlert reference={wanted} />)}
    </main>
  );
}

function OneAlert({ alert }: { alert: Alert }) {
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => page.current?.querySelector("h1")?.focus({ preventScroll: true }), []);
  return (
    <div ref={page}>
      {alert.state === "closed" && <Outcome alert={alert} />}
      <AlertCard alert={alert} level={1} />
      <History alert={alert} />
    </div>
  );
}

function ClosedAlert({ reference }: { reference: string }) {
  const { data, problem } = useLoad<List<Alert>>("/api/alerts?state=closed");
  const alert = data?.items.find((one) => one.reference.toUpperCase() === reference);
  if (alert) return <OneAlert alert={alert} />;
  return <p class="soft">{problem || (data ? t("alert_unknown", { reference }) : t("loading"))}</p>;
}

function Outcome({ alert }: { alert: Alert }) {
  const words = [
    alert.outcome && codeWord("outcome", alert.outcome),
    alert.harm && `${t("close_harm")} ${codeWord("harm", alert.harm)}`,
    alert.useful && codeWord("useful", alert.useful),
  ].filter(Boolean);
  return (
    <p class="notice notice-good" role="status">
      <strong>{t("closed_as")}</strong> {words.join(" · ")}
    </p>
  );
}
