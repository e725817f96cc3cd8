import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../../shared/api.ts";
import { problemText } from "../calls.ts";
import { t } from "../i18n/t.ts";
import { said } from "../said.ts";
import { wrongPlaces } from "./places.ts";

/** Nothing was stored, and why: by row and column as far as the server says. */
export function Refused({ problem }: { problem: Problem }) {
  const wrong = wrongPlaces(problem.errors);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [problem]);
  return (
    <section class="notice notice-bad" role="alert">
      <h2 ref={heading} tabIndex={-1}>
        {problem.kind === "network" ? t("import_lost_title") : t("import_refused")}
      </h2>
      <p>{wrong.length > 0 ? t("import_mend") : problem.kind === "network" ? t("import_lost") : problemText(problem)}</p>
      {wrong.length > 0 && (
        <table class="wrong-places">
          <thead>
            <tr>
              <th scope="col">{t("import_row")}</th>
              <th scope="col">{t("import_column")}</th>
              <th scope="col">{t("import_what")}</th>
            </tr>
          </thead>
          <tbody>
            {wrong.map(({ row, column, message }) => (
              <tr key={`${row}/${column}/${message}`}>
                <td>{row}</td>
                <td>{column}</td>
                <td>{said(message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
