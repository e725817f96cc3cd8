import { render } from "preact";
import { isDurable } from "../outbox/db.ts";
import { App } from "./app.tsx";
import { hasDraft, restoreDrafts } from "./drafts.ts";
import { restoreHands } from "./hands.ts";
import { sheetOpen } from "./help/help.ts";
import { watchInstall } from "./install.ts";
import { speak } from "./language.ts";
import { hasUnsent, restoreOutbox, watchConnection } from "./outbox.ts";
import { fetchForm } from "./screens/later.tsx";
import { startWorker } from "./update.ts";
import { watchAddress } from "./view.ts";
import "./patient.css";

/** Help in the wrong language is better than no page. */
const patienceMs = 3_000;

watchAddress();
watchInstall();
if (location.pathname === "/help") sheetOpen.set(true);
addEventListener("beforeunload", (event) => {
  if (!isDurable() && (hasUnsent() || hasDraft())) event.preventDefault();
});
const ready = Promise.all([speak(), restoreHands().then(restoreDrafts).then(restoreOutbox)]).catch(() => undefined);
await Promise.race([ready, new Promise((done) => setTimeout(done, patienceMs))]);
render(<App />, document.getElementById("app") as HTMLElement);
void ready.then(watchConnection);
// The worker fetches the form as well: after it, that is one way over the network, not two.
void startWorker()
  .then(fetchForm)
  .catch(() => undefined);
