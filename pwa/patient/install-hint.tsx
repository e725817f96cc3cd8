import { useStore } from "../shared/store.ts";
import { Button } from "../shared/ui/button.tsx";
import { t } from "./i18n/t.ts";
import { declineInstall, install, way } from "./install.ts";

export function InstallHint() {
  const how = useStore(way);
  if (!how) return null;
  return (
    <section class="card stack" data-testid="install">
      <h2>{t("install_title")}</h2>
      <p>{how === "prompt" ? t("install_text") : t("install_share")}</p>
      {how === "prompt" && (
        <Button kind="primary" big onClick={() => void install()}>
          {t("install_yes")}
        </Button>
      )}
      <Button big onClick={declineInstall}>
        {t("install_no")}
      </Button>
    </section>
  );
}
