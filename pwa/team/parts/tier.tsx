import { codeWord } from "../i18n/t.ts";
import type { Tier } from "../types.ts";

const SHAPES: Record<Tier, string> = {
  emergency: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  urgent: "M8 1l7 13H1z",
  same_day: "M8 1l7 7-7 7-7-7z",
  routine: "M8 2a6 6 0 100 12A6 6 0 008 2z",
};

/** A tier by word, shape and colour: none of the three alone. */
export function TierMark({ tier }: { tier: Tier }) {
  return (
    <strong class={`tier tier-${tier}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={SHAPES[tier]} fill="currentColor" />
      </svg>
      {codeWord("tier", tier)}
    </strong>
  );
}
