import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Chips } from "../parts/choices.tsx";
import { ROUTES, coded } from "./codes.ts";
import { t } from "./i18n/t.ts";
import { Findings, HourBands, PartForm, Pick, words } from "./parts.tsx";
import type { Editing, Item, Usual } from "./types.ts";

interface UsualProps {
  editing: Editing;
  may: boolean;
}

/** What is usual at which hour: an answer worse than that is beyond what is expected. */
export function UsualCourses({ editing, may }: UsualProps) {
  const { document, usual } = editing.draft.shown;
  const courses = document.usual ?? [];
  const [open, setOpen] = useState("");
  const close = (form: string): void => setOpen((now) => (now === form ? "" : now));
  const items = document.questionnaires.flatMap((form) => form.items).filter((item) => item.graded);
  return (
    <details class="panel" open={editing.draft.findings.some((one) => one.part === "usual")}>
      <summary>
        <h2>{t("usual")}</h2>
      </summary>
      <p class="soft">{t("usual_hint")}</p>
      {usual.map(({ key, words: [said] }, at) => {
        const course = courses[at];
        return (
          <article class="group" key={key}>
            <Findings draft={editing.draft} part="usual" of={key} />
            {open === key && course ? (
              <CourseForm
                usual={course}
                items={items}
                onDone={() => close(key)}
                save={(changed) => editing.change({ op: "set_usual", key, usual: changed })}
              />
            ) : (
              <>
                <p>{said}</p>
                {may && (
                  <div class="buttons">
                    <Button onClick={() => setOpen(key)} aria-label={t("change_it", { title: said ?? "" })}>
                      {t("change")}
                    </Button>
                    <Button
                      kind="quiet"
                      aria-label={t("remove_it", { title: said ?? "" })}
                      onClick={() => void editing.change({ op: "remove_usual", key })}
                    >
                      {t("remove")}
                    </Button>
                  </div>
                )}
              </>
            )}
          </article>
        );
      })}
      {may && open !== "new" && <Button onClick={() => setOpen("new")}>{t("usual_add")}</Button>}
      {open === "new" && (
        <CourseForm
          usual={{ item: "", routes: [], bands: [], source: "own" }}
          items={items}
          onDone={() => close("new")}
          save={(fresh) => editing.change({ op: "add_usual", usual: fresh })}
        />
      )}
    </details>
  );
}

interface FormProps {
  usual: Usual;
  items: Item[];
  onDone: () => void;
  save: (usual: Usual) => Promise<string>;
}

function CourseForm({ usual: before, items, onDone, save }: FormProps) {
  const [usual, setUsual] = useState(before);
  const set = (part: Partial<Usual>): void => setUsual({ ...usual, ...part });
  const options = items.find((item) => item.id === usual.item)?.options ?? [];
  const best = options[0]?.value ?? "";
  const { bands } = usual;
  return (
    <PartForm save={() => save(usual)} onDone={onDone} ready={usual.item !== ""}>
      {!before.item && (
        <Pick
          label={t("question")}
          value={usual.item}
          choices={[["", t("choose")], ...items.map((item) => [item.id, words(item.text)] as const)]}
          onChange={(id) => {
            const first = items.find((item) => item.id === id)?.options?.[0]?.value ?? "";
            set({ item: id, bands: [{ below: 2, worst: first }, { below: null, worst: first }] });
          }}
        />
      )}
      <Chips
        legend={t("route")}
        choices={coded("route", ROUTES).map(([value, label]) => ({ value, label }))}
        values={[...usual.routes]}
        onChange={(routes) => set({ routes })}
      />
      <HourBands bands={bands} onChange={(bands) => set({ bands })}>
        {(band, put) => (
          <Pick
            label={t("usual_worst")}
            value={band.worst}
            choices={options.map((option) => [option.value, words(option.text)] as const)}
            onChange={(worst) => put({ worst })}
          />
        )}
      </HourBands>
      {usual.item && (
        <div class="buttons">
          <Button onClick={() => set({ bands: [{ below: null, worst: best }, ...bands] })}>{t("band_add")}</Button>
          {bands.length > 1 && (
            <Button kind="quiet" onClick={() => set({ bands: bands.slice(1) })}>
              {t("band_remove")}
            </Button>
          )}
        </div>
      )}
    </PartForm>
  );
}
