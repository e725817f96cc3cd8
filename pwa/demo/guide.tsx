import { t } from "./i18n/t.ts";

const ACCOUNTS = [
  ["nora@demo.example", "nurse"],
  ["omar@demo.example", "clinician"],
  ["lena@demo.example", "admin"],
] as const;

/** Who to be, and what to try, in five lines. */
export function Guide() {
  const [before, after] = t("try_1").split("{team}");
  return (
    <section class="card" aria-labelledby="try">
      <h2 id="try">{t("try")}</h2>
      <ol>
        <li>
          {before}
          <a href="/team" target="_blank" rel="noopener">
            {t("team")}
          </a>
          {after}
        </li>
        <li>{t("try_2")}</li>
        <li>{t("try_3")}</li>
        <li>{t("try_4")}</li>
        <li>{t("try_5")}</li>
      </ol>
      <h3>{t("accounts")}</h3>
      <ul class="accounts">
        {ACCOUNTS.map(([email, role]) => (
          <li key={email}>
            <code>{email}</code> ({t(role)})
          </li>
        ))}
      </ul>
      <p>
        {t("password")}: <code>afterglow-demo</code>
      </p>
    </section>
  );
}
