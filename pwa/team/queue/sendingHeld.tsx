import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { useMe } from "../state/access.ts";

/** Red on every screen while no message leaves: after a restore, until an admin starts sending. */
export function SendingHeldBanner() {
  const { sending_held_since: held, role } = useMe();
  if (!held) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <strong>{t("sending_held")}</strong>{" "}
      {role === "admin" ? <Link to="settings">{t("sending_held_look")}</Link> : t("sending_held_ask")}
    </div>
  );
}
