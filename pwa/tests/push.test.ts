/** What a push message becomes, whatever it holds. */
import assert from "node:assert/strict";
import test from "node:test";
import { shownFor, tokenIn } from "../worker/push.ts";

const origin = "https://clinic.example";
const message = (notification: unknown) => JSON.stringify({ web_push: 8030, notification });

test("a declarative message is shown as it says", () => {
  const navigate = `${origin}/c#token=abc`;
  const { title, options } = shownFor(message({ title: "T", body: "B", tag: "x", lang: "es", navigate }), "en", origin);
  assert.equal(title, "T");
  assert.deepEqual([options.body, options.tag, options.lang, options.data, options.renotify], ["B", "x", "es", navigate, true]);
  assert.equal(tokenIn(options.data), "abc");
});

test("what cannot be read is a neutral sentence in the language spoken here", () => {
  for (const text of [undefined, "", "{", "null", "[]", message(null), message(7), message({ title: 7, body: {} })]) {
    assert.equal(shownFor(text, "en-US", origin).title, "Check-ins", text);
    const { title, options } = shownFor(text, "es-MX", origin);
    assert.deepEqual([title, options.lang, options.data], ["Preguntas", "es", `${origin}/`], text);
    assert.ok(options.body);
  }
  assert.equal(shownFor(message({ lang: "es" }), "en", origin).title, "Preguntas");
});

test("it leads to the patient's own pages only", () => {
  for (const navigate of ["https://elsewhere.example/c#token=a", "javascript:alert(1)", "/team", "/api/my", "//x", 7, "http://["]) {
    assert.equal(shownFor(message({ title: "T", navigate }), "en", origin).options.data, `${origin}/`);
  }
  assert.equal(shownFor(message({ title: "T", navigate: "/c#token=a" }), "en", origin).options.data, `${origin}/c#token=a`);
});
