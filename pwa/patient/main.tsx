import { render } from "preact";
import { App } from "./app.tsx";
import { hasDraft } from "./drafts.ts";
import { sheetOpen } from "./help/help.ts";
import { speak } from "./language.ts";
import { hasUnsent, watchConnection } from "./outbox.ts";
import { watchAddress } from "./view.ts";
import "../shared/ui/base.css";
import "./patient.css";

speak();
watchAddress();
watchConnection();
if (location.pathname === "/help") sheetOpen.set(true);
addEventListener("beforeunload", (event) => {
  if (hasUnsent() || hasDraft()) event.preventDefault();
});
render(<App />, document.getElementById("app") as HTMLElement);
