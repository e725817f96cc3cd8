import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { Link } from "../parts/link.tsx";
import { Loaded } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Page as List, Staff } from "../types.ts";
import { AddStaff } from "./addStaff.tsx";
import { st } from "./i18n/t.ts";
import { StaffContact } from "./staffContact.tsx";

/** Colleagues. `onChanged`: somebody came, left or has another contact, which the call list shows. */
export function StaffPanel({ onChanged }: { onChanged: () => void }) {
  const staff = useLoad<List<Staff>>("/api/staff");
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Staff>();
  const [editing, edit] = useState<Staff>();
  const [untested, setUntested] = useState<Staff>();
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
  const edited = (one: Staff, changed: boolean): void => {
    edit(undefined);
    if (!changed) return;
    setUntested(one);
    staff.reload();
    onChanged();
  };
  return (
    <section class="panel" data-testid="staff">
      <h2>{t("staff")}</h2>
      <Notice text={problem} />
      <Loaded data={staff.data} problem={staff.problem} retry={staff.reload}>
        {(list) => (
          <People
            items={list.items}
            onContact={(one) => {
              setUntested(undefined);
              edit(one);
            }}
            onDisable={setLeaving}
            onEnable={(one) => void change(one, false)}
          />
        )}
      </Loaded>
      {untested && (
        <div class="notice notice-warn" role="status">
          <p>{st("untested", { name: untested.name })}</p>
          <Link to="rota" class="button button-secondary">
            {st("to_test")}
          </Link>
        </div>
      )}
      {editing && (
        <StaffContact
          key={editing.id}
          one={editing}
          onDone={(changed) => edited(editing, changed)}
          onCancel={() => edit(undefined)}
        />
      )}
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
  onContact: (one: Staff) => void;
  onDisable: (one: Staff) => void;
  onEnable: (one: Staff) => void;
}

function People({ items, onContact, onDisable, onEnable }: PeopleProps) {
  const me = useMe();
  return (
    <ul class="plain">
      {items.map((one) => (
        <li class="line" key={one.id}>
          <span>
            <strong>{one.name}</strong>{" "}
            <span class="soft">
              {[codeWord("role", one.role), one.email, one.phone_masked].filter(Boolean).join(" · ")}
            </span>{" "}
            {one.on_call_list && <span class="tag">{t("on_call_list")}</span>}{" "}
            {one.disabled && <span class="tag tag-bad">{t("disabled")}</span>}
          </span>
          <span class="line-buttons">
            {!one.disabled && (
              <Button aria-label={st("change_name", { name: one.name })} onClick={() => onContact(one)}>
                {st("change")}
              </Button>
            )}
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
          </span>
        </li>
      ))}
    </ul>
  );
}
