import { useState } from "preact/hooks";
import { Button } from "../../shared/ui/button.tsx";
import { Field } from "../../shared/ui/field.tsx";
import { problemText, send } from "../calls.ts";
import { Link } from "../parts/link.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { mayDecide, useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { go } from "../state/route.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Page as List, Protocol } from "../types.ts";
import { t } from "./i18n/t.ts";
import { inLanguage } from "./parts.tsx";
import type { Draft, DraftListed } from "./types.ts";

/** What the clinic asks, and what is being changed. */
export function ProtocolsPage() {
  const me = useMe();
  const published = useLoad<List<Protocol>>("/api/protocols");
  const drafts = useLoad<List<DraftListed>>(inLanguage("/api/protocols/drafts"));
  const [problem, setProblem] = useState("");
  const begin = async (key: string, title?: string): Promise<void> => {
    const body = title ? { key, title: { en: title, es: title } } : { key };
    const result = await send<Draft>("POST", "/api/protocols/drafts", body);
    if (result.ok) return go(`protocols/drafts/${result.data.draft.id}`);
    const there = result.problem.body["draft_id"];
    if (typeof there === "string") return go(`protocols/drafts/${there}`);
    setProblem(problemText(result.problem));
  };
  return (
    <Page title={t("title")}>
      <p class="soft">{t("hint")}</p>
      <Notice text={problem} />
      <section class="panel">
        <h2>{t("drafts")}</h2>
        <Loaded data={drafts.data} problem={drafts.problem} retry={drafts.reload}>
          {({ items }) => (items.length ? <Drafts items={items} /> : <p class="soft">{t("no_drafts")}</p>)}
        </Loaded>
      </section>
      <section class="panel">
        <h2>{t("in_use")}</h2>
        <Loaded data={published.data} problem={published.problem} retry={published.reload}>
          {({ items }) => (
            <ul class="plain">
              {items.map(({ key, title, version, replaces }) => (
                <li class="line" key={`${key} ${version}`}>
                  <Link to={`protocols/${key}/${version}`}>
                    {title} <span class="soft">{t("version", { version })}</span>
                  </Link>
                  {replaces != null && <span class="tag">{t("newer", { version: replaces })}</span>}
                  {mayDecide(me) && replaces == null && <Button onClick={() => void begin(key)}>{t("change_it", { title })}</Button>}
                </li>
              ))}
            </ul>
          )}
        </Loaded>
        {mayDecide(me) && <Copy keys={published.data?.items ?? []} onCopy={begin} />}
      </section>
    </Page>
  );
}

function Drafts({ items }: { items: DraftListed[] }) {
  const zone = useMe().clinic.time_zone;
  return (
    <ul class="plain">
      {items.map((draft) => (
        <li class="line" key={draft.id}>
          <Link to={`protocols/drafts/${draft.id}`}>{draft.title}</Link>
          <span class="soft">
            {draft.submitted_by
              ? t("waiting", { name: draft.submitted_by.name })
              : t("edited", { name: draft.edited_by?.name ?? "", time: dayAndTime(draft.edited_at, zone, careNow()) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Copy({ keys, onCopy }: { keys: Protocol[]; onCopy: (key: string, title: string) => Promise<void> }) {
  const [title, setTitle] = useState("");
  const key = keys.find((one) => one.key === "clinic")?.key ?? keys[0]?.key;
  if (!key) return null;
  return (
    <details>
      <summary>{t("new_protocol")}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim()) void onCopy(key, title.trim());
        }}
      >
        <Field label={t("name")} hint={t("new_hint")} value={title} onInput={(event) => setTitle(event.currentTarget.value)} />
        <Button type="submit" kind="primary" disabled={!title.trim()}>
          {t("begin")}
        </Button>
      </form>
    </details>
  );
}
