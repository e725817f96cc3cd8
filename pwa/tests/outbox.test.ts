/** When a sending is tried again, and when a person must be told. */
import assert from "node:assert/strict";
import test from "node:test";
import { delayAfter, stateAfter } from "../outbox/item.ts";
import { kindOf, type Problem, type Result } from "../shared/api.ts";

const failed = (status: number): Result<unknown> => {
  const kind: Problem["kind"] = status === 0 ? "network" : kindOf(status);
  return { ok: false, problem: { kind, status, type: "", title: "", detail: "", errors: [], retryAfter: 0, body: {} } };
};

test("waits double from 2 s to 15 min, spread by a quarter each way, and heed the server", () => {
  assert.equal(delayAfter(1, 0, 0.5), 2_000);
  assert.equal(delayAfter(4, 0, 0.5), 16_000);
  assert.equal(delayAfter(50, 0, 0.5), 15 * 60_000);
  assert.equal(delayAfter(1, 0, 0), 1_500);
  assert.equal(delayAfter(1, 60, 0.5), 60_000);
});

test("only a stored answer counts as sent", () => {
  assert.equal(stateAfter({ ok: true, status: 201, data: {}, at: 0 }), "stored");
  for (const status of [0, 408, 425, 429, 500, 503]) assert.equal(stateAfter(failed(status)), "queued", String(status));
  assert.equal(stateAfter(failed(401)), "signed_out");
  for (const status of [400, 403, 404, 409, 413, 422]) assert.equal(stateAfter(failed(status)), "refused", String(status));
});
