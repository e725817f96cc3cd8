import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Chips } from "../parts/choices.tsx";
import { DRUGS, INDICATIONS, ROUTES, SETTINGS, coded } from "./codes.ts";
import { t } from "./i18n/t.ts";
import { Both, Findings, PartForm } from "./parts.tsx";
import type { Editing } from "./types.ts";

/** What the protocol is called and which sessions it is for. */
export function Scope({ editing, may }: { editing: Editing; may: boolean }) {
  const { document, scope } = editing.draft.shown;
  const [open, setOpen] = useState(false);
  return (
    <section class="panel">
      <h2>{t("scope")}</h2>
      <Findings draft={editing.draft} part="protocol" of={document.key} />
      {open ? (
        <ScopeForm editing={editing} onDone={() => setOpen(false)} />
      ) : (
        <>
          <p>{scope}</p>
          {may && <Button onClick={() => setOpen(true)}>{t("change_it", { title: t("scope") })}</Button>}
        </>
      )}
    </section>
  );
}

function ScopeForm({ editing, onDone }: { editing: Editing; onDone: () => void }) {
  const { document } = editing.draft.shown;
  const [title, setTitle] = useState(document.title);
  const [of, setOf] = useState({
    routes: document.routes,
    settings: document.settings,
    drugs: document.drugs ?? [],
    indications: document.indications ?? [],
  });
  const chips = (name: keyof typeof of, legend: string, group: string, codes: readonly string[]) => (
    <Chips
      legend={legend}
      choices={coded(group, codes).map(([value, label]) => ({ value, label }))}
      values={[...of[name]]}
      onChange={(values) => setOf({ ...of, [name]: values })}
    />
  );
  return (
    <PartForm save={() => editing.change({ op: "set_title", title }, { op: "set_scope", ...of })} onDone={onDone}>
      <Both label={t("name")} text={title} onChange={setTitle} />
      {chips("routes", t("route"), "route", ROUTES)}
      {chips("settings", t("place"), "setting", SETTINGS)}
      <p class="soft">{t("only_for_hint")}</p>
      {chips("drugs", t("drug"), "drug", DRUGS)}
      {chips("indications", t("indication"), "indication", INDICATIONS)}
    </PartForm>
  );
}
