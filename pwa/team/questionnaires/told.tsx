import type { QuestionnaireShown } from "../types.ts";
import { said, t } from "./i18n/t.ts";

/** All about a questionnaire: what to check, what was not taken, scores, rules, and the questions as they are asked. */
export function Told({ questionnaire }: { questionnaire: QuestionnaireShown }) {
  const { needs_check, notes, scores, rules, opens_screening, licence, notice, source } = questionnaire;
  return (
    <>
      {needs_check.length > 0 && (
        <div class="notice">
          <h3>{t("check")}</h3>
          <p>{t("check_hint")}</p>
          <Lines lines={needs_check} />
        </div>
      )}
      {notes.length > 0 && (
        <>
          <h3>{t("notes")}</h3>
          <Lines lines={notes.map(({ place, message }) => `${place}: ${said(message)}`)} />
        </>
      )}
      {scores.length > 0 && <h3>{t("scores")}</h3>}
      <Lines lines={scores.map(scoreLine)} />
      {(rules.length > 0 || opens_screening) && <h3>{t("rules")}</h3>}
      <Lines lines={[...(opens_screening ? [t("screening")] : []), ...rules.map(({ text }) => text)]} />
      <h3>{t("preview")}</h3>
      <Questions questionnaire={questionnaire} />
      {licence && <Fact name={t("licence")} text={licence} />}
      {notice && <p class="soft">{notice}</p>}
      {source && <Fact name={t("source")} text={source} />}
    </>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return lines.length > 0 ? (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  ) : null;
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <p class="soft">
      <strong>{name}</strong> {text}
    </p>
  );
}

function scoreLine({ title, least, most, bands, missing_at_most }: QuestionnaireShown["scores"][number]): string {
  const gaps = missing_at_most > 0 ? t("missing", { count: missing_at_most }) : t("missing_none");
  const named = bands.map((band) => t("band", { least: band.least, text: band.text }));
  return [t("score", { title, least, most }), ...named, gaps].join("; ");
}

interface Asked {
  id: string;
  type: string;
  text: string;
  required: boolean;
  private?: boolean;
  help?: string;
  unit?: string;
  min?: number;
  max?: number;
  enable_when?: unknown;
  options?: { value: string; text: string; act?: string }[];
}

function Questions({ questionnaire }: { questionnaire: QuestionnaireShown }) {
  const items = questionnaire.items as unknown as Asked[];
  return (
    <ol>
      {items.map((item) => (
        <li key={item.id}>
          <p>
            {item.text} <span class="soft">{marks(item)}</span>
          </p>
          {item.help && <p class="soft">{item.help}</p>}
          <Lines lines={answers(item)} />
        </li>
      ))}
    </ol>
  );
}

function marks(item: Asked): string {
  const asked = item.type !== "display";
  return [
    item.enable_when && t("sometimes"),
    asked && !item.required && t("skippable"),
    item.private && t("private"),
  ]
    .filter(Boolean)
    .join(" · ");
}

function answers(item: Asked): string[] {
  switch (item.type) {
    case "choice":
    case "multiple":
      return (item.options ?? []).map(({ text, act }) => (act ? `${text} (${t("helps")})` : text));
    case "boolean":
      return [t("yes"), t("no")];
    case "text":
    case "date":
    case "time":
      return [t(item.type)];
    case "display":
      return [];
    default:
      return [
        item.min != null && item.max != null ? t("range", { min: item.min, max: item.max }) : t("number"),
        ...(item.unit ? [item.unit] : []),
      ];
  }
}
