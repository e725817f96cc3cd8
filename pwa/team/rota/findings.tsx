import { currentLanguage } from "../../shared/i18n/language.ts";
import { t } from "../i18n/t.ts";
import { Loaded } from "../parts/page.tsx";
import { useLoad } from "../state/load.ts";
import type { RotaFindings } from "../types.ts";

/** What would fail somebody later. */
export function Findings() {
  const found = useLoad<RotaFindings>(`/api/clinic/rota/findings?language=${currentLanguage()}`);
  return (
    <section class="panel">
      <h2>{t("rota_findings")}</h2>
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {({ items }) =>
          items.length ? (
            <ul class="plain" data-testid="findings">
              {items.map(({ text, grave }) => (
                <li class={`notice notice-${grave ? "bad" : "warn"}`} key={text}>
                  {text}
                </li>
              ))}
            </ul>
          ) : (
            <p class="notice notice-good">{t("rota_findings_none")}</p>
          )
        }
      </Loaded>
    </section>
  );
}
