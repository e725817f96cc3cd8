/** The pure parts of working offline: what is due, what a try leads to, windows that open by themselves, sealing. */
import assert from "node:assert/strict";
import test from "node:test";
import { after, bodyOf, isDue, mayGo, type Item } from "../outbox/item.ts";
import { seal } from "../outbox/seal.ts";
import { wayNow } from "../patient/install.ts";
import { aged } from "../patient/kept.ts";
import type { CheckInRow } from "../patient/types.ts";
import { kindOf, type Problem, type Result } from "../shared/api.ts";

const item: Item = {
  id: "1", form: "c", part: "whole", method: "PUT", url: "/x", responseId: "1", bearer: "t", owner: "a", createdAt: 0, tries: 0,
  nextAt: 0, state: "queued", sealed: { key_id: 1, sealed: "text", sealed_for: "1" },
};
const failed = (status: number): Result<unknown> => {
  const kind: Problem["kind"] = status === 0 ? "network" : kindOf(status);
  return { ok: false, problem: { kind, status, type: "", title: "", detail: "", errors: [], retryAfter: 0, body: {} } };
};

test("a stored answer carries the server's time and is never due again", () => {
  const stored = after(item, { ok: true, status: 201, data: {}, at: 42 }, 7, 0.5, "2");
  assert.equal(stored.state, "stored");
  assert.equal(stored.storedAt, 42);
  for (const reason of ["timer", "network", "person"] as const) assert.equal(isDue(stored, 1e15, reason), false);
});

test("a failure waits for its time, for a connection or for a person", () => {
  const away = after(item, failed(0), 1_000, 0.5, "2");
  assert.equal(away.nextAt, 3_000);
  assert.equal(isDue(away, 2_999, "timer"), false);
  assert.equal(isDue(away, 3_000, "timer"), true);
  assert.equal(isDue(away, 1_001, "network"), true);
  const busy = after(item, failed(503), 1_000, 0.5, "2");
  assert.equal(isDue(busy, 1_001, "network"), false);
  assert.equal(isDue(busy, 1_001, "person"), true);
  assert.equal(isDue({ ...busy, nextAt: 1e15 }, 1_001, "timer"), true, "a clock was set back");
});

test("signed out waits for a person, refused stays on the screen", () => {
  const out = after(item, failed(401), 0, 0.5, "2");
  assert.deepEqual([out.state, isDue(out, 1e15, "network"), isDue(out, 0, "person")], ["signed_out", false, true]);
  const refused = after(item, failed(422), 0, 0.5, "2");
  assert.deepEqual([refused.state, isDue(refused, 1e15, "person")], ["refused", false]);
});

test("a conflict goes out again at once under a new id, as it was sealed", () => {
  const again = after(item, failed(409), 5, 0.5, "2");
  assert.equal(isDue(again, 5, "timer"), true);
  assert.deepEqual(bodyOf(again, "now"), { key_id: 1, sealed: "text", sealed_for: "1", response_id: "2", sent_at: "now" });
  assert.equal(after({ ...item, part: "early" }, failed(409), 5, 0.5, "2").state, "refused");
  assert.equal(after({ ...item, tries: 20 }, failed(409), 5, 0.5, "2").state, "refused");
});

test("on a shared phone a token speaks for its answer in any hands, a sign-in only for its own patient", () => {
  const report = { ...item, bearer: undefined };
  assert.deepEqual([item, report].map((one) => mayGo(one, "a")), [true, true]);
  for (const other of ["b", undefined]) assert.deepEqual([item, report].map((one) => mayGo(one, other)), [true, false]);
  assert.equal(bodyOf(report, "now")["patient_id"], "a");
  assert.equal("patient_id" in bodyOf(item, "now"), false);
});

test("windows open and close while nobody can be asked", () => {
  const row = (state: string): CheckInRow =>
    ({ id: "c", key: "h1", title: "", state, opens_at: "2026-01-01T10:00:00Z", due_at: "", closes_at: "2026-01-01T12:00:00Z" });
  const at = (state: string, time: string) => aged([row(state)], Date.parse(`2026-01-01T${time}:00Z`))[0]?.state;
  assert.equal(at("planned", "09:59"), "planned");
  assert.equal(at("planned", "10:00"), "open");
  assert.equal(at("open", "12:00"), "missed");
  assert.equal(at("answered", "13:00"), "answered");
});

test("installing is offered after the first check-in, where it can be done, until declined", () => {
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)";
  assert.equal(wayNow("Android", false, true, true, false), "prompt");
  assert.equal(wayNow(phone, false, false, true, false), "share");
  assert.equal(wayNow("Android", false, false, true, false), undefined);
  assert.equal(wayNow(phone, true, false, true, false), undefined);
  assert.equal(wayNow(phone, false, true, false, false), undefined);
  assert.equal(wayNow(phone, false, true, true, true), undefined);
});

test("only the clinic's private key and the same id open what was sealed", async () => {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const clinic = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", clinic.publicKey));
  const key = { key_id: 3, public_key: Buffer.from(point).toString("base64") };
  const sealed = await seal(key, "one", { a: "ñ" });
  assert.deepEqual([sealed.key_id, sealed.sealed_for], [3, "one"]);
  const bytes = Buffer.from(sealed.sealed, "base64");
  const own = bytes.subarray(0, 65);
  const from = await crypto.subtle.importKey("raw", own, curve, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: from }, clinic.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const info = new TextEncoder().encode("afterglow sealed answer 1");
  const kdf = { name: "HKDF", hash: "SHA-256", salt: Buffer.concat([own, point]), info };
  const derived = Buffer.from(await crypto.subtle.deriveBits(kdf, secret, 352));
  const aes = await crypto.subtle.importKey("raw", derived.subarray(0, 32), "AES-GCM", false, ["decrypt"]);
  const open = (id: string) =>
    crypto.subtle.decrypt(
      { name: "AES-GCM", iv: derived.subarray(32), additionalData: new TextEncoder().encode(id) },
      aes,
      bytes.subarray(65),
    );
  assert.deepEqual(JSON.parse(Buffer.from(await open("one")).toString()), { a: "ñ" });
  await assert.rejects(open("two"));
  assert.notEqual((await seal(key, "one", { a: "ñ" })).sealed, sealed.sealed);
});
