import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { CallList } from "../types.ts";

/** Red when fewer than two people on the call list can be paged. */
export function CallListBanner() {
  const me = useMe();
  const { data } = useLoad<CallList>("/api/clinic/call-list");
  if (!data?.warning) return null;
  return (
    <div class="notice notice-bad" role="alert">
      <strong>{t("call_list_short", { count: data.reachable })}</strong>{" "}
      {me.role === "admin" && <Link to="settings">{t("call_list_fix")}</Link>}
    </div>
  );
}
