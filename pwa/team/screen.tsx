import { Page } from "./parts/page.tsx";
import { later } from "./parts/later.tsx";
import { Link } from "./parts/link.tsx";
import { t } from "./i18n/t.ts";
import { ArrivedPage } from "./rota/arrived.tsx";
import { PatientsPage } from "./patients/list.tsx";
import { PatientPage } from "./patients/page.tsx";
import { AlertPage } from "./queue/alertPage.tsx";
import { QueuePage } from "./queue/page.tsx";
import { SessionPage } from "./sessions/page.tsx";
import { RecordPage } from "./sessions/record.tsx";
import { route } from "./state/route.ts";
import { useStore } from "../shared/store.ts";

const EditPatientPage = later(async () => (await import("./patients/edit.tsx")).EditPatientPage);
const EnrolPage = later(async () => (await import("./patients/enrol.tsx")).EnrolPage);
const ImportPage = later(async () => (await import("./imports/page.tsx")).ImportPage);
const RotaPage = later(async () => (await import("./rota/page.tsx")).RotaPage);
const SettingsPage = later(async () => (await import("./settings/page.tsx")).SettingsPage);
const Protocols = later(async () => (await import("./protocols/index.tsx")).Protocols);
const IndicatorsPage = later(async () => (await import("./indicators/page.tsx")).IndicatorsPage);
const LabPage = later(async () => (await import("./lab/page.tsx")).LabPage);
const VisitPage = later(async () => (await import("./visits/page.tsx")).VisitPage);
const OpenVisitPage = later(async () => (await import("./visits/open.tsx")).OpenVisitPage);
const QuestionnairesPage = later(async () => (await import("./questionnaires/page.tsx")).QuestionnairesPage);
const QuestionnairePage = later(async () => (await import("./questionnaires/one.tsx")).QuestionnairePage);

/** Path to screen. The key starts a screen afresh when its subject changes. */
export function Screen() {
  const path = useStore(route);
  const [section = "", id, verb = ""] = path.split("/").map(decodeURIComponent);
  if (path === "") return <QueuePage />;
  if (section === "alerts" && id) return <AlertPage reference={id} key={path} />;
  if (section === "patients" && !id) return <PatientsPage />;
  if (section === "patients" && id === "new") return <EnrolPage />;
  if (section === "patients" && id && verb === "session") return <RecordPage patientId={id} key={path} />;
  if (section === "patients" && id && verb === "visit") {
    return <OpenVisitPage patientId={id} key={path} />;
  }
  if (section === "visits" && id) return <VisitPage visitId={id} key={path} />;
  if (section === "patients" && id && verb === "edit") return <EditPatientPage patientId={id} key={path} />;
  if (section === "patients" && id && !verb) return <PatientPage patientId={id} key={path} />;
  if (section === "sessions" && id === "import") return <ImportPage />;
  if (section === "sessions" && id) return <SessionPage sessionId={id} key={path} />;
  if (section === "test") return <ArrivedPage />;
  if (section === "rota") return <RotaPage />;
  if (section === "indicators") return <IndicatorsPage />;
  if (section === "lab" && id === "draft") return <LabPage protocol="" version={0} draft={verb} key={path} />;
  if (section === "lab" && id) return <LabPage protocol={id} version={Number(verb)} draft="" key={path} />;
  if (section === "questionnaires" && id) return <QuestionnairePage id={id} key={path} />;
  if (section === "questionnaires") return <QuestionnairesPage />;
  if (section === "protocols") return <Protocols path={path} key={path} />;
  if (section === "settings") return <SettingsPage />;
  return (
    <Page title={t("page_unknown")}>
      <Link to="">{t("back_to_queue")}</Link>
    </Page>
  );
}
