/** A build that has grown too big fails: pages and worker alike. */
import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { build, type Plugin } from "vite";
import { budgets } from "../plugin/budget.ts";
import { worker } from "../plugin/worker.ts";

const roomy = 10_000;

async function built(plugins: (root: string) => Plugin[]): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "budget-"));
  try {
    writeFileSync(join(root, "index.html"), '<script type="module" src="./main.js"></script>');
    writeFileSync(join(root, "main.js"), 'import("./later.js"); document.title = "page";');
    writeFileSync(join(root, "later.js"), 'export const words = "later";');
    writeFileSync(join(root, "worker.js"), "self.files = SHELL_FILES; self.hash = SHELL_HASH + PAGE_DIGEST;");
    mkdirSync(join(root, "public"));
    writeFileSync(join(root, "public", "icon.svg"), "<svg/>");
    await build({ root, configFile: false, logLevel: "silent", plugins: plugins(root) });
    return readFileSync(join(root, "dist", "sw.js"), "utf8");
  } finally {
    rmSync(root, { recursive: true });
  }
}

const keeper = (root: string, budget: number) =>
  worker({ source: join(root, "worker.js"), file: "sw.js", entry: "index", budget });

test("a page that is too big fails the build", async () => {
  await assert.rejects(built(() => [budgets([{ entry: "index", js: 10, css: 10 }])]), /Too big\. index/);
});

test("a worker that is too big fails the build", async () => {
  await assert.rejects(built((root) => [keeper(root, 20)]), /Too big\. sw\.js/);
});

test("the worker keeps every file of its page, also what comes later", async () => {
  const script = await built((root) => [budgets([{ entry: "index", js: roomy, css: 10 }]), keeper(root, roomy)]);
  for (const name of [/["'`]\/["'`]/, /\/assets\/index-[\w-]+\.js/, /\/assets\/later-[\w-]+\.js/, /\/icon\.svg/]) {
    assert.match(script, name);
  }
});
