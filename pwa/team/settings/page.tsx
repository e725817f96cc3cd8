import { t } from "../i18n/t.ts";
import { Page } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { CallListPanel } from "./callList.tsx";
import { Protocols } from "./protocols.tsx";
import { StaffPanel } from "./staff.tsx";

export function SettingsPage() {
  const me = useMe();
  return (
    <Page title={t("settings")}>
      {me.role === "admin" && <CallListPanel />}
      {me.role === "admin" && <StaffPanel />}
      <Protocols />
    </Page>
  );
}
