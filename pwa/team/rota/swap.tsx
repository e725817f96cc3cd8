import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { FieldFrame } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { useLoad } from "../state/load.ts";
import { dayAndTime } from "../time/words.ts";
import type { Rota } from "../types.ts";
import { nameOf } from "./names.ts";

interface Turn {
  staff_id: string;
  begins: string;
  ends: string;
}

/** The times at which one person is on call without a break, in order. */
function turnsOf(rota: Rota): Turn[] {
  const turns: Turn[] = [];
  for (const { begins, ends, on_call } of rota.periods)
    for (const staff_id of on_call.flat()) {
      const last = turns.findLast((turn) => turn.staff_id === staff_id);
      if (last?.ends === begins) last.ends = ends;
      else turns.push({ staff_id, begins, ends });
    }
  return turns;
}

interface SwapProps {
  rota: Rota;
  onDone: (rota: Rota) => void;
  onCancel: () => void;
}

/** Two people take each other's turn, picked from the weeks to come. */
export function Swap({ rota, onDone, onCancel }: SwapProps) {
  const ahead = useLoad<Rota>("/api/clinic/rota?days=56");
  const [picked, setPicked] = useState({ one: "", other: "" });
  const [problem, setProblem] = useState("");
  const turns = turnsOf(ahead.data ?? rota);
  const one = turns[Number(picked.one || -1)];
  const others = turns.filter((turn) => one && turn.staff_id !== one.staff_id);
  const other = turns[Number(picked.other || -1)];
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const result = await send<Rota>("POST", "/api/clinic/rota/swaps", { one, other });
    setProblem(result.ok ? "" : problemText(result.problem));
    if (result.ok) onDone(result.data);
  };
  const at = (instant: string): string => dayAndTime(instant, rota.time_zone, Date.parse(rota.now));
  const pick = (label: string, name: "one" | "other", from: Turn[]) => (
    <FieldFrame label={label}>
      {(control) => (
        <select
          {...control}
          required
          value={picked[name]}
          onChange={(event) => setPicked({ ...picked, [name]: event.currentTarget.value })}
        >
          <option value="">{t("rota_swap_pick")}</option>
          {from.map((turn) => (
            <option value={turns.indexOf(turn)} key={turns.indexOf(turn)}>
              {t("rota_turn", { name: nameOf(rota, turn.staff_id), begins: at(turn.begins), ends: at(turn.ends) })}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      {new Set(turns.map((turn) => turn.staff_id)).size < 2 && <p class="soft">{t("rota_swap_none")}</p>}
      {pick(t("rota_swap_one"), "one", turns)}
      {pick(t("rota_swap_other"), "other", others)}
      <Notice text={problem} />
      <div class="buttons">
        <Button kind="primary" type="submit" disabled={!one || !other || one.staff_id === other.staff_id}>
          {t("save")}
        </Button>
        <Button onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}
