import { useState } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { announce } from "../state/announce.ts";
import type { Rota } from "../types.ts";
import { bodyOf, draftOf, newLayer, type LayerDraft } from "./draft.ts";
import { HoursEditor } from "./hours.tsx";
import { LayerForm } from "./layer.tsx";

/** The layers and the hours of coverage, saved together. */
export function Layers({ rota, onSaved }: { rota: Rota; onSaved: (rota: Rota) => void }) {
  const [layers, setLayers] = useState(() => draftOf(rota));
  const [coverage, setCoverage] = useState(rota.coverage);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const body = { version: rota.version, layers: layers.map((layer) => bodyOf(layer, rota)), coverage };
    const result = await send<Rota>("PUT", "/api/clinic/rota", body);
    setBusy(false);
    setProblem(result.ok ? undefined : result.problem);
    if (!result.ok) return;
    announce(t("saved"));
    onSaved(result.data);
  };
  const set = (at: number, layer: LayerDraft): void => setLayers(layers.map((one, n) => (n === at ? layer : one)));
  return (
    <form class="panel form" onSubmit={(event) => void submit(event)}>
      <h2>{t("rota_layers")}</h2>
      <p class="soft">{t("rota_layers_hint")}</p>
      {layers.map((layer, at) => (
        <LayerForm
          key={at}
          title={at ? t("rota_layer_n", { n: at + 1 }) : t("rota_layer_1")}
          place={at}
          layer={layer}
          people={rota.people}
          problem={problem}
          onChange={(changed) => set(at, changed)}
          onRemove={() => setLayers(layers.filter((_, n) => n !== at))}
        />
      ))}
      <div class="buttons">
        <Button onClick={() => setLayers([...layers, newLayer(rota)])}>{t("rota_layer_add")}</Button>
      </div>
      <p class="soft">{t("rota_coverage_hint")}</p>
      <HoursEditor legend={t("rota_coverage")} hours={coverage} onChange={setCoverage} />
      <Notice text={problem ? problemText(problem) : ""} />
      <Button kind="primary" big type="submit" busy={busy}>
        {t("rota_save")}
      </Button>
    </form>
  );
}
