import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { mayAct, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Device, Page as List } from "../types.ts";

export function Devices({ patientId }: { patientId: string }) {
  const path = `/api/patients/${patientId}/devices`;
  const devices = useLoad<List<Device>>(path);
  const [revoking, setRevoking] = useState<Device>();
  const [problem, setProblem] = useState("");
  const revoke = async (device: Device): Promise<void> => {
    const result = await send("DELETE", `${path}/${device.id}`);
    setProblem(result.ok ? "" : problemText(result.problem));
    setRevoking(undefined);
    devices.reload();
  };
  return (
    <section class="panel">
      <h2>{t("phones")}</h2>
      <Notice text={problem} />
      <Loaded data={devices.data} problem={devices.problem} retry={devices.reload}>
        {(list) => <DeviceList items={list.items} onRevoke={setRevoking} />}
      </Loaded>
      {revoking && (
        <Confirm
          title={t("revoke_title", { label: revoking.label })}
          text={t("revoke_text")}
          yes={t("revoke")}
          onYes={() => void revoke(revoking)}
          onNo={() => setRevoking(undefined)}
        />
      )}
    </section>
  );
}

function DeviceList({ items, onRevoke }: { items: Device[]; onRevoke: (device: Device) => void }) {
  const me = useMe();
  const now = careNow();
  if (!items.length) return <p class="soft">{t("no_phone_yet")}</p>;
  const seen = (at: string): string => dayAndTime(at, me.clinic.time_zone, now);
  return (
    <ul class="plain">
      {items.map((device) => (
        <li class="line" key={device.id}>
          <span>
            <strong>{device.label}</strong>{" "}
            <span class="soft">
              {device.last_seen_at
                ? t("last_seen", { time: seen(device.last_seen_at) })
                : t("bound_at", { time: seen(device.bound_at) })}
            </span>
          </span>
          {mayAct(me) && <Button onClick={() => onRevoke(device)}>{t("revoke")}</Button>}
        </li>
      ))}
    </ul>
  );
}
