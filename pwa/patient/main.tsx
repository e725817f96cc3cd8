import { render } from "preact";
import { App } from "./app.tsx";
import { hasDraft } from "./drafts.ts";
import { sheetOpen } from "./help/help.ts";
import { speak } from "./language.ts";
import { hasUnsent, watchConnection } from "./outbox.ts";
import { watchAddress } from "./view.ts";
import "../shared/ui/base.css";
import "./patient.css";

/** Help in the wrong language is better than no page. */
const patienceMs = 3_000;

watchAddress();
watchConnection();
if (location.pathname === "/help") sheetOpen.set(true);
addEventListener("beforeunload", (event) => {
  if (hasUnsent() || hasDraft()) event.preventDefault();
});
await Promise.race([speak(), new Promise((done) => setTimeout(done, patienceMs))]);
render(<App />, document.getElementById("app") as HTMLElement);
