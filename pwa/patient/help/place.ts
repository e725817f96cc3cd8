/** Where the phone is, from its time zone: help numbers follow the person, not the enrolment. */

const zones: Readonly<Record<string, string>> = {
  "Europe/London": "GB",
  "Europe/Belfast": "GB",
  "Europe/Dublin": "IE",
  "Europe/Madrid": "ES",
  "Africa/Ceuta": "ES",
  "Atlantic/Canary": "ES",
  "Europe/Paris": "FR",
  "Europe/Amsterdam": "NL",
  "Europe/Berlin": "DE",
  "Pacific/Auckland": "NZ",
  "Pacific/Chatham": "NZ",
  "Pacific/Honolulu": "US",
};

const cities: Readonly<Record<string, string>> = {
  US:
    "Adak Anchorage Boise Chicago Denver Detroit Juneau Los_Angeles Menominee Metlakatla New_York Nome Phoenix " +
    "Sitka Yakutat Indiana/ Indianapolis Kentucky/ Louisville North_Dakota/",
  CA:
    "Blanc-Sablon Cambridge_Bay Creston Dawson Dawson_Creek Edmonton Fort_Nelson Glace_Bay Goose_Bay Halifax Inuvik " +
    "Iqaluit Moncton Nipigon Pangnirtung Rainy_River Rankin_Inlet Regina Resolute St_Johns Swift_Current " +
    "Thunder_Bay Toronto Vancouver Whitehorse Winnipeg Yellowknife Atikokan Montreal",
  MX:
    "Bahia_Banderas Cancun Chihuahua Ciudad_Juarez Hermosillo Matamoros Mazatlan Merida Mexico_City Monterrey " +
    "Ojinaga Tijuana",
};

/** The ISO country of a time zone, null for one we have no numbers for, undefined for zones that name no place. */
export function countryOf(timeZone: string): string | null | undefined {
  if (!timeZone.includes("/") || timeZone.startsWith("Etc/")) return undefined;
  if (timeZone.startsWith("Australia/")) return "AU";
  const [region, ...rest] = timeZone.split("/");
  const place = rest.length > 1 ? `${rest[0]}/` : rest[0];
  if (region !== "America" || !place) return zones[timeZone] ?? null;
  return Object.entries(cities).find(([, names]) => names.split(" ").includes(place))?.[0] ?? null;
}

export function phoneZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
