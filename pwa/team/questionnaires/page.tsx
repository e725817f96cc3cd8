import { useState } from "preact/hooks";
import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { mayImport, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import type { Page as List, QuestionnaireLine } from "../types.ts";
import { Bring } from "./bring.tsx";
import { t } from "./i18n/t.ts";

/** What the clinic can ask: the questionnaires of its protocols, and those that it brings. */
export function QuestionnairesPage() {
  const me = useMe();
  const [round, setRound] = useState(0);
  return (
    <Page title={t("title")}>
      <p class="soft">{t("hint")}</p>
      <Library key={round} />
      {mayImport(me) && <Bring onTaken={() => setRound((n) => n + 1)} />}
    </Page>
  );
}

function Library() {
  const found = useLoad<List<QuestionnaireLine>>("/api/questionnaires");
  return (
    <section class="panel">
      <Loaded data={found.data} problem={found.problem} retry={found.reload}>
        {({ items }) => (
          <ul class="plain">
            {items.map((item) => (
              <li class="line" key={item.id}>
                <span>
                  <strong>{t("one", { title: item.title, id: item.id })}</strong> <span class="soft">{facts(item)}</span>
                </span>
                <Link
                  to={`questionnaires/${encodeURIComponent(item.id)}`}
                  class="button button-secondary"
                >
                  {t("open", { title: item.title })}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function facts(item: QuestionnaireLine): string {
  return [
    item.instrument,
    t("questions", { count: item.questions }),
    item.recall_days && t("recall", { days: item.recall_days }),
    item.scored && t("scored"),
    t(item.origin === "clinic" ? "of_clinic" : "of_protocol"),
  ]
    .filter(Boolean)
    .join(" · ");
}
