import { ImportPage } from "./imports/page.tsx";
import { Page } from "./parts/page.tsx";
import { Link } from "./parts/link.tsx";
import { t } from "./i18n/t.ts";
import { EditPatientPage } from "./patients/edit.tsx";
import { EnrolPage } from "./patients/enrol.tsx";
import { PatientsPage } from "./patients/list.tsx";
import { PatientPage } from "./patients/page.tsx";
import { AlertPage } from "./queue/alertPage.tsx";
import { QueuePage } from "./queue/page.tsx";
import { ArrivedPage } from "./rota/arrived.tsx";
import { RotaPage } from "./rota/page.tsx";
import { SessionPage } from "./sessions/page.tsx";
import { RecordPage } from "./sessions/record.tsx";
import { SettingsPage } from "./settings/page.tsx";
import { route } from "./state/route.ts";
import { useStore } from "../shared/store.ts";

/** Path to screen. The key starts a screen afresh when its subject changes. */
export function Screen() {
  const path = useStore(route);
  const [section = "", id, verb] = path.split("/").map(decodeURIComponent);
  if (path === "") return <QueuePage />;
  if (section === "alerts" && id) return <AlertPage reference={id} key={path} />;
  if (section === "patients" && !id) return <PatientsPage />;
  if (section === "patients" && id === "new") return <EnrolPage />;
  if (section === "patients" && id && verb === "session") return <RecordPage patientId={id} key={path} />;
  if (section === "patients" && id && verb === "edit") return <EditPatientPage patientId={id} key={path} />;
  if (section === "patients" && id && !verb) return <PatientPage patientId={id} key={path} />;
  if (section === "sessions" && id === "import") return <ImportPage />;
  if (section === "sessions" && id) return <SessionPage sessionId={id} key={path} />;
  if (section === "test") return <ArrivedPage />;
  if (section === "rota") return <RotaPage />;
  if (section === "settings") return <SettingsPage />;
  return (
    <Page title={t("page_unknown")}>
      <Link to="">{t("back_to_queue")}</Link>
    </Page>
  );
}
