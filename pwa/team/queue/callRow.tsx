import { useState } from "preact/hooks";
import { t } from "../i18n/t.ts";
import { CopyButton } from "../parts/copy.tsx";
import type { Alert } from "../types.ts";

const dial = (phone: string): string => `tel:${phone.replace(/[^\d+*#]/g, "")}`;

/** Whom to call and where to send help. The numbers come from the record and are readable for a desk phone. */
export function CallRow({ alert }: { alert: Alert }) {
  const [shown, show] = useState(
    alert.tier === "emergency" && (alert.state === "open" || alert.state === "acknowledged"),
  );
  const { patient } = alert;
  if (!patient) return null;
  const tonight = alert.session?.address_tonight;
  const addresses = [...new Set([tonight, patient.address])].filter((address) => address) as string[];
  return (
    <>
      <div class="call-row">
        {patient.phone && (
          <a class="button button-primary" href={dial(patient.phone)}>
            <span>{t("call_patient")}</span> <span class="number">{patient.phone}</span>
          </a>
        )}
        {patient.companion && patient.companion_blocked && (
          <strong class="alone">{t("do_not_contact", { name: patient.companion.name })}</strong>
        )}
        {patient.companion && !patient.companion_blocked && (
          <a class="button" href={dial(patient.companion.phone)}>
            <span>{t("call_companion", { name: patient.companion.name })}</span>{" "}
            <span class="number">{patient.companion.phone}</span>
          </a>
        )}
        {addresses.length > 0 && (
          <button type="button" class="button" aria-expanded={shown} onClick={() => show(!shown)}>
            {t("address")}
          </button>
        )}
      </div>
      {shown &&
        addresses.map((address) => (
          <div class="address" key={address}>
            <p>
              <span class="soft">{t(address === tonight ? "tonight_at" : "send_help_to")}</span> <strong>{address}</strong>
            </p>
            <CopyButton text={address} label={t("copy")} />
          </div>
        ))}
    </>
  );
}
