import { Link } from "../parts/link.tsx";
import { Loaded, Page } from "../parts/page.tsx";
import { useMe } from "../state/access.ts";
import { useLoad } from "../state/load.ts";
import { careNow } from "../time/careClock.ts";
import { dayAndTime } from "../time/words.ts";
import type { Page as List } from "../types.ts";
import { Changes } from "./changes.tsx";
import { t } from "./i18n/t.ts";
import { inLanguage, words } from "./parts.tsx";
import { PreviewPanel } from "./preview.tsx";
import type { Shown, Version } from "./types.ts";

/** A published version: what is asked when and why. It never changes. */
export function VersionPage({ of, version }: { of: string; version: number }) {
  const shown = useLoad<Shown>(inLanguage(`/api/protocols/${of}/${version}`));
  const versions = useLoad<List<Version>>(`/api/protocols/${of}/versions`);
  return (
    <Page title={shown.data ? words(shown.data.document.title) : t("title")}>
      <p>
        <Link to="protocols">{t("back")}</Link>
      </p>
      <Loaded data={shown.data} problem={shown.problem} retry={shown.reload}>
        {({ document, scope, steps, rules, plans, restrictions, usual, midway }) => (
          <>
            <p class="soft">
              {t("version", { version })} · {scope}
            </p>
            <Versions of={of} items={versions.data?.items ?? []} />
            <section class="panel">
              <h2>{t("steps")}</h2>
              <ul class="plain">
                {steps.map((step) => (
                  <li key={step.key}>
                    <strong>{words(titleOf(document, step.key))}</strong>: {step.words.join("; ")}
                  </li>
                ))}
              </ul>
            </section>
            <section class="panel">
              <h2>{t("rules")}</h2>
              <ul class="plain">
                {rules.map((rule) => (
                  <li key={rule.key}>
                    {rule.off && <span class="tag">{t("off")}</span>} {rule.words[0]}
                  </li>
                ))}
              </ul>
            </section>
            <section class="panel">
              <h2>{t("plans")}</h2>
              <ul class="plain">
                {plans.map((plan) => (
                  <li key={plan.key}>
                    <strong>{t(plan.key as "urgent")}</strong>: {plan.words[0]}
                  </li>
                ))}
              </ul>
            </section>
            <section class="panel">
              <h2>{t("restrictions")}</h2>
              <ul class="plain">
                {(document.restrictions ?? []).map((one, at) => (
                  <li key={one.id}>
                    <strong>{words(one.text)}</strong>: {restrictions[at]?.words[0]}
                  </li>
                ))}
              </ul>
            </section>
            <section class="panel">
              <h2>{t("usual")}</h2>
              <ul class="plain">
                {usual.map((one) => (
                  <li key={one.key}>{one.words[0]}</li>
                ))}
              </ul>
              <p>{midway}</p>
            </section>
            <PreviewPanel path={`/api/protocols/${of}/${version}/preview`} document={document} />
            {version > 1 && <Changes path={`/api/protocols/${of}/diff?from=${version - 1}&to=${version}`} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

const titleOf = ({ check_ins, course = [], recheck, companion }: Shown["document"], key: string) =>
  [...check_ins, ...course, recheck, ...(companion ? [companion.look_in, companion.again] : [])].find((s) => s.key === key)
    ?.title ?? {};

function Versions({ of, items }: { of: string; items: Version[] }) {
  const zone = useMe().clinic.time_zone;
  return (
    <ul class="plain">
      {items.map((one) => (
        <li key={one.version}>
          <Link to={`protocols/${of}/${one.version}`}>{t("version", { version: one.version })}</Link>{" "}
          <span class="soft">
            {one.submitted_by && t("by", { name: one.submitted_by.name })}{" "}
            {one.signed_by && one.signed_at
              ? t("signed", { name: one.signed_by.name, time: dayAndTime(one.signed_at, zone, careNow()) })
              : t("unsigned")}
          </span>
        </li>
      ))}
    </ul>
  );
}
