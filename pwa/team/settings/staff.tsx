import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Page as List, Staff } from "../types.ts";
import { AddStaff } from "./addStaff.tsx";

/** Colleagues. `onChanged`: somebody came or left, which the call list feels. */
export function StaffPanel({ onChanged }: { onChanged: () => void }) {
  const staff = useLoad<List<Staff>>("/api/staff");
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Staff>();
  const [problem, setProblem] = useState("");
  const change = async (one: Staff, disabled: boolean): Promise<void> => {
    const result = await send("PATCH", `/api/staff/${one.id}`, { disabled });
    setProblem(result.ok ? "" : result.problem.kind === "conflict" ? t("last_admin") : problemText(result.problem));
    setLeaving(undefined);
    staff.reload();
    onChanged();
  };
  const added = (): void => {
    setAdding(false);
    staff.reload();
    onChanged();
  };
  return (
    <section class="panel">
      <h2>{t("staff")}</h2>
      <Notice text={problem} />
      <Loaded data={staff.data} problem={staff.problem} retry={staff.reload}>
        {(list) => <People items={list.items} onDisable={setLeaving} onEnable={(one) => void change(one, false)} />}
      </Loaded>
      {adding ? (
        <AddStaff onDone={added} onCancel={() => setAdding(false)} />
      ) : (
        <Button onClick={() => setAdding(true)}>{t("add_staff")}</Button>
      )}
      {leaving && (
        <Confirm
          title={t("disable_title", { name: leaving.name })}
          text={t("disable_text")}
          yes={t("disable")}
          onYes={() => void change(leaving, true)}
          onNo={() => setLeaving(undefined)}
        />
      )}
    </section>
  );
}

interface PeopleProps {
  items: Staff[];
  onDisable: (one: Staff) => void;
  onEnable: (one: Staff) => void;
}

function People({ items, onDisable, onEnable }: PeopleProps) {
  const me = useMe();
  return (
    <ul class="plain">
      {items.map((one) => (
        <li class="line" key={one.id}>
          <span>
            <strong>{one.name}</strong> <span class="soft">{[codeWord("role", one.role), one.email].join(" · ")}</span>
            {one.on_call_list && <span class="tag">{t("on_call_list")}</span>}
            {one.disabled && <span class="tag tag-bad">{t("disabled")}</span>}
          </span>
          {one.disabled && (
            <Button aria-label={t("enable_name", { name: one.name })} onClick={() => onEnable(one)}>
              {t("enable")}
            </Button>
          )}
          {!one.disabled && one.id !== me.id && (
            <Button aria-label={t("disable_name", { name: one.name })} onClick={() => onDisable(one)}>
              {t("disable")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
