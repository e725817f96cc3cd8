import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded } from "../parts/page.tsx";
import { mayDecide, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Page as List, Protocol } from "../types.ts";

/** The protocols and who signed them: none is used on a patient before a named clinician has. */
export function Protocols() {
  const me = useMe();
  const list = useLoad<List<Protocol>>("/api/protocols");
  const [signing, setSigning] = useState<Protocol>();
  const [problem, setProblem] = useState("");
  const sign = async ({ key, version }: Protocol): Promise<void> => {
    const result = await send("POST", `/api/protocols/${key}/${version}/sign-off`, {});
    setProblem(result.ok ? "" : problemText(result.problem));
    setSigning(undefined);
    list.reload();
  };
  const maySign = mayDecide(me);
  return (
    <section class="panel">
      <h2>{t("protocols")}</h2>
      <p class="soft">{t("protocols_hint")}</p>
      <Link to="protocols" class="button button-secondary">
        {t("protocols_open")}
      </Link>
      <Notice text={problem} />
      <Loaded data={list.data} problem={list.problem} retry={list.reload}>
        {(data) => (
          <ul class="plain">
            {data.items.map((protocol) => (
              <li class="line" key={`${protocol.key}${protocol.version}`}>
                <ProtocolLine protocol={protocol} />
                {maySign && (
                  <Link to={`lab/${protocol.key}/${protocol.version}`} class="button button-secondary">
                    {t("protocol_try")}
                  </Link>
                )}
                {protocol.replaces != null && (
                  <Link to={`protocols/${protocol.key}/${protocol.version}`} class="button button-secondary">
                    {t("newer_look")}
                  </Link>
                )}
                {!protocol.signed_by && maySign && (
                  <Button onClick={() => setSigning(protocol)}>{t("sign_off")}</Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {signing && (
        <Confirm
          title={t("sign_off_title", { title: signing.title })}
          text={t("sign_off_text", { name: me.name })}
          yes={t("sign_off")}
          onYes={() => void sign(signing)}
          onNo={() => setSigning(undefined)}
        />
      )}
    </section>
  );
}

function ProtocolLine({ protocol }: { protocol: Protocol }) {
  const zone = useMe().clinic.time_zone;
  const name = typeof protocol.signed_by === "string" ? protocol.signed_by : protocol.signed_by?.name;
  const time = protocol.signed_at ? dayAndTime(protocol.signed_at, zone, careNow()) : "";
  return (
    <span>
      <strong>{protocol.title}</strong> <span class="soft">{t("version", { version: protocol.version })}</span>
      {name ? (
        <span class="soft"> · {t("signed", { name, time })}</span>
      ) : protocol.replaces == null ? (
        <span class="tag tag-bad">{t("unsigned")}</span>
      ) : (
        <span class="tag">{t("newer_protocol", { version: protocol.replaces })}</span>
      )}
    </span>
  );
}
