import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { codeWord, t } from "../i18n/t.ts";
import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { FactList, type Fact } from "../parts/factList.tsx";
import { AlertCard } from "../queue/card.tsx";
import { inOrder } from "../queue/facts.ts";
import { ProvenAlarm } from "../queue/proven.tsx";
import { alerts, notClosed } from "../state/alerts.ts";
import { mayAct, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { useStore } from "../../shared/store.ts";
import { plainDate } from "../time/words.ts";
import type { Patient } from "../types.ts";
import { Curves } from "./curves.tsx";
import { Devices } from "./devices.tsx";
import { Holds } from "./holds.tsx";
import { InvitationDialog } from "./invitation.tsx";
import { Pauses } from "./pauses.tsx";
import { MessagesStopped } from "./stopped.tsx";
import { Timeline } from "./timeline.tsx";

export function PatientPage({ patientId }: { patientId: string }) {
  const patient = useLoad<Patient>(`/api/patients/${patientId}`);
  const name = patient.data?.name ?? t("patient");
  return (
    <Page title={name} tab={t("patient")} beside={patient.data && <Buttons patient={patient.data} onInvited={patient.reload} />} key={name}>
      <Loaded data={patient.data} problem={patient.problem} retry={patient.reload}>
        {(data) => <Sheet patient={data} onChange={patient.set} />}
      </Loaded>
    </Page>
  );
}

function Buttons({ patient, onInvited }: { patient: Patient; onInvited: () => void }) {
  const me = useMe();
  const [inviting, setInviting] = useState(false);
  if (!mayAct(me)) return null;
  const close = () => {
    setInviting(false);
    onInvited();
  };
  return (
    <div class="buttons">
      <Link to={`patients/${patient.id}/session`} class="button button-primary">
        {t("record_session")}
      </Link>
      <Link to={`patients/${patient.id}/visit`} class="button">
        {t("visit")}
      </Link>
      <Button onClick={() => setInviting(true)}>{t("invite")}</Button>
      <Link to={`patients/${patient.id}/edit`} class="button">
        {t("edit")}
      </Link>
      {inviting && <InvitationDialog patient={patient} onClose={close} />}
    </div>
  );
}

function Sheet({ patient, onChange }: { patient: Patient; onChange: (patient: Patient) => void }) {
  const [round, setRound] = useState(0);
  const open = inOrder(notClosed(useStore(alerts)).filter((alert) => alert.patient_id === patient.id));
  const newest = open.map((alert) => `${alert.id}${alert.version}`).join();
  return (
    <>
      <ProvenAlarm />
      <Identity patient={patient} />
      <MessagesStopped patient={patient} onChange={onChange} />
      <Pauses patient={patient} onChange={() => setRound((n) => n + 1)} />
      <Holds patientId={patient.id} again={newest} />
      {open.map((alert) => (
        <AlertCard alert={alert} key={alert.id} />
      ))}
      <Curves patientId={patient.id} again={newest} />
      <Timeline patientId={patient.id} again={`${newest} ${round}`} />
      <div class="panels">
        <Devices patientId={patient.id} />
        <Details patient={patient} />
      </div>
    </>
  );
}

function Identity({ patient }: { patient: Patient }) {
  return (
    <ul class="facts identity">
      <li>{t("aged", { age: patient.age, year: patient.date_of_birth.slice(0, 4) })}</li>
      <li>
        <a href={`tel:${patient.phone}`}>{patient.phone}</a>
      </li>
      <li>{codeWord("language", patient.language)}</li>
      {!patient.devices && (
        <li>
          <strong class="alone">{t("no_phone_bound")}</strong>
        </li>
      )}
    </ul>
  );
}

function companionWords(patient: Patient): string | null {
  const { companion } = patient;
  if (!companion) return null;
  if (patient.companion_blocked) return t("do_not_contact", { name: companion.name });
  const texts = patient.text_companion ? "companion_texts" : "companion_no_texts";
  const said = t(patient.companion_texts_stopped_at ? "companion_stopped" : texts);
  return `${companion.name}, ${companion.phone} (${said})`;
}

function Details({ patient }: { patient: Patient }) {
  const zone = useMe().clinic.time_zone;
  const rows: Fact[] = [
    [t("date_of_birth"), plainDate(patient.date_of_birth)],
    [t("email"), patient.email],
    [t("time_zone"), patient.time_zone === zone ? null : patient.time_zone],
    [t("quiet_hours_word"), patient.quiet_hours && `${patient.quiet_hours.from} – ${patient.quiet_hours.to}`],
    [t("companion_word"), companionWords(patient)],
    [t("home_address"), patient.address],
    [
      t("consent_given"),
      patient.consent && `${plainDate(patient.consent.given_at.slice(0, 10))} (${patient.consent.version})`,
    ],
  ];
  return (
    <section class="panel">
      <h2>{t("record")}</h2>
      <FactList rows={rows} />
    </section>
  );
}
