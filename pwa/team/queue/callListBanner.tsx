import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { useMe } from "../state/access.ts";

/** Red when fewer than two people on the call list can be paged. */
export function CallListBanner() {
  const { call_list: cover, role } = useMe();
  if (!cover?.warning) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <strong>{t("call_list_short", { count: cover.reachable })}</strong>{" "}
      {role === "admin" && <Link to="settings">{t("call_list_fix")}</Link>}
    </div>
  );
}
