import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Notice } from "../parts/notice.tsx";
import { announce } from "../state/announce.ts";
import { useMe } from "../state/access.ts";
import { dayAndTime } from "../time/words.ts";
import type { Rota, RotaChange } from "../types.ts";
import { nameOf } from "./names.ts";
import { StandIn } from "./standIn.tsx";
import { Swap } from "./swap.tsx";

interface ChangesProps {
  rota: Rota;
  onChanged: (rota: Rota) => void;
}

/** Who stands in for whom, and swaps; who may, makes one or takes one back. */
export function Changes({ rota, onChanged }: ChangesProps) {
  const me = useMe();
  const [adding, setAdding] = useState<"stand_in" | "swap">();
  const [problem, setProblem] = useState("");
  const done = (changed: Rota): void => {
    setAdding(undefined);
    announce(t("saved"));
    onChanged(changed);
  };
  const takeBack = async (change: RotaChange): Promise<void> => {
    const result = await send<Rota>("DELETE", `/api/clinic/rota/changes/${change.id}`);
    setProblem(result.ok ? "" : problemText(result.problem));
    if (result.ok) done(result.data);
  };
  const admin = me.role === "admin";
  return (
    <section class="panel">
      <h2>{t("rota_changes")}</h2>
      <Notice text={problem} />
      {!rota.changes.length && <p class="soft">{t("rota_changes_none")}</p>}
      <ul class="plain">
        {rota.changes.map((change) => (
          <Line
            key={change.id}
            rota={rota}
            change={change}
            onTakeBack={admin || change.made_by === me.id ? () => void takeBack(change) : undefined}
          />
        ))}
      </ul>
      {adding === "stand_in" && <StandIn rota={rota} onDone={done} onCancel={() => setAdding(undefined)} />}
      {adding === "swap" && <Swap rota={rota} onDone={done} onCancel={() => setAdding(undefined)} />}
      {!adding && me.role !== "viewer" && (
        <div class="buttons">
          <Button onClick={() => setAdding("stand_in")}>{t(admin ? "rota_stand_in" : "rota_stand_in_self")}</Button>
          {admin && <Button onClick={() => setAdding("swap")}>{t("rota_swap")}</Button>}
        </div>
      )}
    </section>
  );
}

interface LineProps {
  rota: Rota;
  change: RotaChange;
  onTakeBack: (() => void) | undefined;
}

function Line({ rota, change, onTakeBack }: LineProps) {
  const at = (instant: string): string => dayAndTime(instant, rota.time_zone, Date.parse(rota.now));
  const name = nameOf(rota, change.staff_id);
  const what = change.instead_of
    ? t("rota_change", { name, other: nameOf(rota, change.instead_of) })
    : t("rota_change_all", { name });
  const time = `${at(change.begins)} – ${at(change.ends)}`;
  return (
    <li class="line">
      <span>
        <strong>{what}</strong> <span class="soft">{time}</span>{" "}
        {change.swap_id && <span class="tag">{t("rota_swap_tag")}</span>}
      </span>
      {onTakeBack && (
        <Button aria-label={t("rota_take_back_name", { what, time })} onClick={onTakeBack}>
          {t("rota_take_back")}
        </Button>
      )}
    </li>
  );
}
