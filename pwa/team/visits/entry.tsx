import { Link } from "../parts/link.tsx";
import { useMe } from "../state/access.ts";
import type { TimelineItem } from "../types.ts";
import { word } from "./i18n/t.ts";
import { stepWords } from "./stepWords.ts";
import type { Step } from "./types.ts";

/** A step of a visit on the timeline. */
export function StepEntry({ item }: { item: TimelineItem }) {
  const zone = useMe().clinic.time_zone;
  return (
    <p>
      <Link to={`visits/${String(item["visit_id"])}`}>{word("kind", String(item["step"]))}</Link>{" "}
      {stepWords(item as unknown as Partial<Step>, zone)}
    </p>
  );
}
