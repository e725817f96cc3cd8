import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { useLoad } from "../state/load.ts";
import type { Page as List, QuestionnaireLine } from "../types.ts";
import { t } from "./i18n/t.ts";
import { Pick } from "./parts.tsx";
import type { Editing } from "./types.ts";

/** Takes one of the clinic's own questionnaires in; a check-in then has to ask it. */
export function AddForm({ editing }: { editing: Editing }) {
  const list = useLoad<List<QuestionnaireLine>>("/api/questionnaires");
  const [chosen, setChosen] = useState("");
  const there = new Set(editing.draft.shown.document.questionnaires.map((form) => form.id));
  const others = (list.data?.items ?? []).filter((one) => one.origin === "clinic" && !there.has(one.id));
  if (others.length === 0) return <p class="soft">{t("forms_none")}</p>;
  const add = async (): Promise<void> => {
    if (!(await editing.change({ op: "add_questionnaire", questionnaire: chosen }))) setChosen("");
  };
  return (
    <div class="form">
      <Pick
        label={t("forms_add")}
        value={chosen}
        choices={[["", t("forms_choose")], ...others.map((one) => [one.id, `${one.title} (${one.id})`] as const)]}
        onChange={setChosen}
      />
      <Button disabled={!chosen} onClick={() => void add()}>
        {t("forms_take")}
      </Button>
      <p class="soft">{t("forms_hint")}</p>
    </div>
  );
}

/** Only a form that no check-in asks may go. */
export function RemoveForm({ editing, id }: { editing: Editing; id: string }) {
  const { check_ins, course = [] } = editing.draft.shown.document;
  if ([...check_ins, ...course].some((step) => step.questionnaire === id)) return null;
  return (
    <Button kind="quiet" onClick={() => void editing.change({ op: "remove_questionnaire", questionnaire: id })}>
      {t("forms_remove")}
    </Button>
  );
}
