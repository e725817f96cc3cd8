import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { Loaded, Page } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Rota } from "../types.ts";
import { Changes } from "./changes.tsx";
import { Days } from "./days.tsx";
import { Findings } from "./findings.tsx";
import { Layers } from "./layers.tsx";
import { TestPages } from "./testPages.tsx";

/** Who is on call in the next two weeks; who may, changes it. */
export function RotaPage() {
  const { role } = useMe();
  const [round, setRound] = useState(0);
  const rota = useLoad<Rota>("/api/clinic/rota");
  return (
    <Page title={t("rota")}>
      <Loaded data={rota.data} problem={rota.problem} retry={rota.reload}>
        {(data) => (
          <>
            <Days rota={data} />
            {role !== "viewer" && <Findings key={`${round} ${data.now}`} />}
            {data.layers.length > 0 && <Changes rota={data} onChanged={rota.set} />}
            {role === "admin" && <Layers key={data.version} rota={data} onSaved={rota.set} />}
          </>
        )}
      </Loaded>
      <TestPages onProven={() => setRound((n) => n + 1)} />
    </Page>
  );
}
