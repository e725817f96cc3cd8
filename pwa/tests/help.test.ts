/** Help numbers follow the person: never a guess, never from the enrolment alone. */
import assert from "node:assert/strict";
import test from "node:test";
import { numbersFor } from "../patient/help/help.ts";
import { countries } from "../patient/help/numbers.ts";
import { countryOf } from "../patient/help/place.ts";
import type { Help } from "../patient/types.ts";

const help: Help = {
  country: "US",
  emergency: { number: "911", label: "Emergency" },
  crisis: [{ label: "Clinic's own line", number: "555" }],
  clinic_phone: "+14155550100",
};

test("time zones name their country; zones without a place name none", () => {
  const known = { "America/New_York": "US", "America/Indiana/Knox": "US", "America/Toronto": "CA", "America/Tijuana": "MX" };
  const far = { "Europe/Dublin": "IE", "Australia/Perth": "AU", "Pacific/Auckland": "NZ", "Atlantic/Canary": "ES" };
  for (const [zone, country] of Object.entries({ ...known, ...far })) assert.equal(countryOf(zone), country);
  assert.equal(countryOf("America/Sao_Paulo"), null);
  assert.equal(countryOf("UTC"), undefined);
  assert.equal(countryOf("Etc/GMT+5"), undefined);
});

test("without sign-in the phone's place decides", () => {
  const numbers = numbersFor({}, "Europe/Madrid", null);
  assert.equal(numbers.emergency, "112");
  assert.deepEqual(numbers.crisis.map(({ number }) => number), ["024"]);
});

test("abroad the enrolment's numbers are not used, but the clinic can still be called", () => {
  const numbers = numbersFor({ clinic: { help, timeZone: "America/New_York" } }, "Europe/Paris", null);
  assert.equal(numbers.emergency, "112");
  assert.equal(numbers.clinic, "+14155550100");
  assert.equal(numbersFor({ clinic: { help, timeZone: "America/New_York" } }, "Asia/Tokyo", null).emergency, null);
});

test("at home the clinic's own lines come first; a phone that names no place takes the clinic's", () => {
  const clinic = { help, timeZone: "America/New_York" };
  assert.equal(numbersFor({ clinic }, "America/Chicago", null).crisis[0]?.number, "555");
  assert.equal(numbersFor({ clinic }, "UTC", null).emergency, "911");
  const elsewhere = { help: { ...help, country: "BR" }, timeZone: "America/Sao_Paulo" };
  assert.equal(numbersFor({ clinic: elsewhere }, "America/Sao_Paulo", null).country, "BR");
});

test("the person's own choice wins, and 'another country' gives no number", () => {
  assert.equal(numbersFor({ chosen: "GB" }, "America/New_York", null).emergency, "999");
  assert.equal(numbersFor({ chosen: "" }, "America/New_York", null).emergency, null);
});

test("every country of the table has an emergency number and a crisis line", () => {
  for (const country of countries) {
    const numbers = numbersFor({ chosen: country }, "UTC", null);
    assert.ok(numbers.emergency && numbers.crisis.length > 0, country);
  }
});
