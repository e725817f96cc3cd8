import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Loaded } from "../parts/page.tsx";
import { useLoad } from "../state/load.ts";
import type { Page as List } from "../types.ts";
import { t } from "./i18n/t.ts";
import { inLanguage } from "./parts.tsx";
import type { Change } from "./types.ts";

/** What is different from the published version, one sentence each. */
export function Changes({ path }: { path: string }) {
  const [open, setOpen] = useState(false);
  return (
    <section class="panel">
      <h2>{t("changes")}</h2>
      {open ? <Found path={path} /> : <Button onClick={() => setOpen(true)}>{t("changes_show")}</Button>}
    </section>
  );
}

function Found({ path }: { path: string }) {
  const changes = useLoad<List<Change>>(inLanguage(path));
  return (
    <Loaded data={changes.data} problem={changes.problem} retry={changes.reload}>
      {({ items }) =>
        items.length ? (
          <ul class="plain">
            {items.map((one) => (
              <li key={one.text}>{one.text}</li>
            ))}
          </ul>
        ) : (
          <p class="soft">{t("changes_none")}</p>
        )
      }
    </Loaded>
  );
}
