/** The clinic's sentences tell times by the clock the patient is enrolled with; a phone that is elsewhere says so. */
import { useStore } from "../shared/store.ts";
import { known } from "./help/help.ts";
import { phoneZone } from "./help/place.ts";
import { t } from "./i18n/t.ts";

const clock = /\d{1,2}:\d{2}/;

export function ZoneNote({ text }: { text: string }) {
  const zone = useStore(known).clinic?.timeZone;
  if (!zone || !clock.test(text) || clockIn(zone) === clockIn(phoneZone())) return null;
  return (
    <p class="soft" data-testid="zone-note">
      {t("zone_note", { place: (zone.split("/").pop() ?? zone).replaceAll("_", " ") })}
    </p>
  );
}

function clockIn(timeZone: string): string {
  const at = new Date();
  try {
    return at.toLocaleString("sv", { timeZone });
  } catch {
    return at.toLocaleString("sv");
  }
}
