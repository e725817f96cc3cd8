import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../shared/i18n/language.ts";
import { useStore } from "../shared/store.ts";
import { sheetOpen } from "./help/help.ts";
import { HelpSheet } from "./help/sheet.tsx";
import { t } from "./i18n/t.ts";
import type { AnsweringProps as Loaded } from "./screens/answering.tsx";
import { CheckInScreen, ReportScreen } from "./screens/check-in.tsx";
import { Enrol } from "./screens/enrol.tsx";
import { Home } from "./screens/home.tsx";
import { Left } from "./screens/left.tsx";
import { Link, Linked } from "./screens/link.tsx";
import { open, view } from "./view.ts";

export function App() {
  const language = useLanguage();
  const helping = useStore(sheetOpen);
  const now = useStore(view);
  useEffect(() => {
    document.title = now.name === "left" ? t("left_title") : t("app_name");
  }, [now.name, language]);
  return (
    <>
      <Screen />
      {helping && <HelpSheet />}
    </>
  );
}

function Screen() {
  const now = useStore(view);
  const [linked, setLinked] = useState<Loaded>();
  const load = (loaded: Loaded) => {
    setLinked(loaded);
    open({ name: "linked" });
  };
  switch (now.name) {
    case "enrol":
      return <Enrol key={now.token} token={now.token} />;
    case "link":
      return <Link key={now.token} token={now.token} onLoaded={load} />;
    case "linked":
      return linked ? <Linked key={linked.target.key} loaded={linked} /> : <Home />;
    case "check_in":
      return <CheckInScreen key={now.id} id={now.id} />;
    case "report":
      return <ReportScreen />;
    case "left":
      return <Left />;
    default:
      return <Home />;
  }
}
