import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Page } from "../parts/page.tsx";
import { mayDecide, useMe } from "../state/access.ts";
import { CallListPanel } from "./callList.tsx";
import { Protocols } from "./protocols.tsx";
import { SendingPanel } from "./sending.tsx";
import { StaffPanel } from "./staff.tsx";
import { TeamChannelsPanel } from "./teamChannels.tsx";

export function SettingsPage() {
  const me = useMe();
  const [round, setRound] = useState(0);
  return (
    <Page title={t("settings")}>
      {me.role === "admin" && me.sending_held_since && <SendingPanel />}
      <section class="panel">
        <h2>{t("rota")}</h2>
        <Link to="rota" class="button button-secondary">
          {t("rota_open")}
        </Link>
      </section>
      {mayDecide(me) && (
        <section class="panel">
          <h2>{t("indicators")}</h2>
          <Link to="indicators" class="button button-secondary">
            {t("indicators_open")}
          </Link>
        </section>
      )}
      <section class="panel">
        <h2>{t("questionnaires")}</h2>
        <Link to="questionnaires" class="button button-secondary">
          {t("questionnaires_open")}
        </Link>
      </section>
      {me.role === "admin" && <CallListPanel key={round} />}
      {me.role === "admin" && <TeamChannelsPanel />}
      {me.role === "admin" && <StaffPanel onChanged={() => setRound((n) => n + 1)} />}
      <Protocols />
    </Page>
  );
}
