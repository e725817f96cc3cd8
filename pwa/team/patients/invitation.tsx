import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../shared/ui/dialog.tsx";
import { problemText, send } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { CopyButton } from "../parts/copy.tsx";
import { Notice } from "../parts/notice.tsx";
import { useMe } from "../state/access.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Invitation, Patient } from "../types.ts";

/** A fresh invitation as picture, link and code. It is shown once and never again. */
export function InvitationDialog({ patient, onClose }: { patient: Patient; onClose: () => void }) {
  const [invitation, setInvitation] = useState<Invitation>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    void send<Invitation>("POST", `/api/patients/${patient.id}/invitation`, {}).then((result) => {
      if (result.ok) setInvitation(result.data);
      else setProblem(problemText(result.problem));
    });
  }, [patient.id]);
  return (
    <Dialog title={t("invite_title", { name: patient.name })} closeLabel={t("done")} onClose={onClose} full>
      <Notice text={problem} />
      {invitation ? <Ways invitation={invitation} /> : !problem && <p class="soft">{t("loading")}</p>}
    </Dialog>
  );
}

function Ways({ invitation }: { invitation: Invitation }) {
  const zone = useMe().clinic.time_zone;
  return (
    <>
      <p>{t("invite_how")}</p>
      {invitation.qr_svg && <QrPicture svg={invitation.qr_svg} />}
      <dl class="invite">
        <dt>{t("invite_link")}</dt>
        <dd class="invite-link">{invitation.link}</dd>
        <dd>
          <CopyButton text={invitation.link} label={t("copy_link")} />
        </dd>
        <dt>{t("invite_code")}</dt>
        <dd class="invite-code">{invitation.code}</dd>
      </dl>
      <p class="soft">{t("invite_ends", { time: dayAndTime(invitation.expires_at, zone, careNow()) })}</p>
    </>
  );
}

function QrPicture({ svg }: { svg: string }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address ? <img class="qr" src={address} alt={t("invite_qr")} width={220} height={220} /> : null;
}
