import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { codeWord, t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { announce } from "../state/announce.ts";
import { askWhoIAm } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { CallList, CallListEntry, OnCall, Page as List, Staff } from "../types.ts";

const PATH = "/api/clinic/call-list";

/** Who is paged, in order: the first is on call. Each change is saved at once. */
export function CallListPanel() {
  const list = useLoad<CallList>(PATH);
  const byRota = useLoad<OnCall>("/api/clinic/on-call").data?.by_rota;
  const [problem, setProblem] = useState("");
  const save = async (ids: string[]): Promise<void> => {
    const result = await send<CallList>("PUT", PATH, { staff_ids: ids });
    setProblem(result.ok ? "" : problemText(result.problem));
    if (result.ok) {
      list.set(result.data);
      announce(t("saved"));
      void askWhoIAm();
    }
  };
  return (
    <section class="panel">
      <h2>{t("call_list")}</h2>
      <p class="soft">{t("call_list_hint")}</p>
      <Notice text={problem} />
      <Loaded data={list.data} problem={list.problem} retry={list.reload}>
        {(data) => (
          <>
            {data.warning && <Notice text={t("call_list_short", { count: data.reachable })} />}
            <Order items={data.items} byRota={byRota !== false} onSave={save} />
            <AddPerson items={data.items} onSave={save} />
          </>
        )}
      </Loaded>
    </section>
  );
}

type Save = (ids: string[]) => Promise<void>;

function Order({ items, byRota, onSave }: { items: CallListEntry[]; byRota: boolean; onSave: Save }) {
  const ids = items.map((item) => item.staff_id);
  const swapped = (at: number): string[] =>
    ids.map((id, n) => (n === at ? ids[at + 1] : n === at + 1 ? ids[at] : id) ?? id);
  return (
    <ol class="plain">
      {items.map((item, at) => (
        <li class="line" key={item.staff_id}>
          <span>
            <strong>{item.name}</strong>{" "}
            <span class="soft">
              {[codeWord("role", item.role), at === 0 && !byRota ? t("on_call") : "", item.phone_masked, item.email_masked]
                .filter(Boolean)
                .join(" · ")}
            </span>{" "}
            {!item.reachable && <span class="tag tag-bad">{t("not_reachable")}</span>}
          </span>
          <span class="line-buttons">
            <Button
              disabled={at === 0}
              aria-label={t("move_up", { name: item.name })}
              onClick={() => void onSave(swapped(at - 1))}
            >
              ↑
            </Button>
            <Button
              disabled={at === items.length - 1}
              aria-label={t("move_down", { name: item.name })}
              onClick={() => void onSave(swapped(at))}
            >
              ↓
            </Button>
            <Button
              aria-label={t("take_off", { name: item.name })}
              onClick={() => void onSave(ids.filter((id) => id !== item.staff_id))}
            >
              {t("remove")}
            </Button>
          </span>
        </li>
      ))}
    </ol>
  );
}

function AddPerson({ items, onSave }: { items: CallListEntry[]; onSave: Save }) {
  const staff = useLoad<List<Staff>>("/api/staff");
  const [picked, pick] = useState("");
  const on = items.map((item) => item.staff_id);
  const free = (staff.data?.items ?? []).filter(
    (one) => !one.disabled && one.role !== "viewer" && !on.includes(one.id),
  );
  if (!free.length) return null;
  const add = (): void => {
    pick("");
    void onSave([...on, picked]);
  };
  return (
    <div class="adding">
      <FieldFrame label={t("add_to_call_list")}>
        {(control) => (
          <select {...control} value={picked} onChange={(event) => pick(event.currentTarget.value)}>
            <option value="">{t("choose")}</option>
            {free.map((one) => (
              <option value={one.id} key={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </FieldFrame>
      <Button disabled={!picked} onClick={add}>
        {t("add")}
      </Button>
    </div>
  );
}
