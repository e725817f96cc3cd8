import { DraftPage } from "./draftPage.tsx";
import { ProtocolsPage } from "./page.tsx";
import { VersionPage } from "./versionPage.tsx";

/** Everything about protocols, loaded when it is first opened. */
export function Protocols({ path }: { path: string }) {
  const [, of, which] = path.split("/").map(decodeURIComponent);
  if (of === "drafts" && which) return <DraftPage id={which} />;
  if (of && which) return <VersionPage of={of} version={Number(which)} />;
  return <ProtocolsPage />;
}
