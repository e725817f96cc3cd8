import { CallLink } from "../shared/ui/button.tsx";
import { t } from "./i18n/t.ts";
import type { Advice } from "./types.ts";
import { ZoneNote } from "./zone-note.tsx";

/** What the clinic's rules say back, the gravest first as the server orders it. */
export function AdviceList({ advice }: { advice: readonly Advice[] }) {
  return (
    <>
      {advice.map(({ text, level, call }) => (
        <div key={text} class={`notice notice-${level}`} data-testid="advice" data-level={level}>
          <p>{text}</p>
          {call && (
            <CallLink number={call} kind={level === "emergency" ? "danger" : level === "info" ? "secondary" : "primary"}>
              {t("call_number", { number: call })}
            </CallLink>
          )}
        </div>
      ))}
      <ZoneNote text={advice.map(({ text }) => text).join(" ")} />
    </>
  );
}
