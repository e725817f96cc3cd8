import { Button } from "../../shared/ui/button.tsx";
import { t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { said } from "../said.ts";
import type { Imported } from "../types.ts";

export function Done({ imported, onMore }: { imported: Imported; onMore: () => void }) {
  return (
    <>
      <p class="notice notice-good" role="status">
        {t("import_done", { count: imported.sessions })} {t("import_planned", { count: imported.planned })}
      </p>
      {imported.cancelled_late > 0 && (
        <p class="notice notice-warn">{t("cancelled_late", { count: imported.cancelled_late })}</p>
      )}
      {imported.warnings.map((warning) => (
        <p class="notice notice-warn" key={warning}>
          {said(warning)}
        </p>
      ))}
      <div class="buttons">
        <Button onClick={onMore}>{t("import_more")}</Button>
        <Link to="patients" class="button button-primary">
          {t("patients")}
        </Link>
      </div>
    </>
  );
}
