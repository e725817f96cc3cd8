import { resolve } from "node:path";
import { defineConfig, type Plugin, type Rolldown } from "vite";
import { budgets } from "./plugin/budget.ts";
import { worker } from "./plugin/worker.ts";

const api = process.env["API"] ?? "http://localhost:8000";
const entry = (name: string) => resolve(import.meta.dirname, `${name}.html`);

const wanted = (key: string, value: unknown) => (key === "source" || key === "checked_on" ? undefined : value);

/** Phones need the numbers, not who checked them when. */
const withoutSources: Plugin = {
  name: "help-numbers-without-sources",
  enforce: "pre",
  transform: (code, id) => (id.endsWith("help_numbers.json") ? JSON.stringify(JSON.parse(code), wanted) : null),
};

/** All that the first screen needs comes as two files: one the phone alone has, one that the team's page uses too. */
const groups: Rolldown.CodeSplittingGroup[] = [
  { name: "shared", test: /\/preact\/|\/pwa\/shared\/.*\.tsx?$|preload-helper/, tags: ["$initial"], priority: 1 },
  { name: "patient", test: /\/pwa\/patient\//, tags: ["$initial"] },
];

export default defineConfig({
  plugins: [
    withoutSources,
    budgets([
      { entry: "index", js: 25 * 1024, css: 5 * 1024 },
      { entry: "team", js: 60 * 1024, css: 10 * 1024 },
    ]),
    worker({ source: resolve(import.meta.dirname, "worker/main.ts"), file: "sw.js", entry: "index", budget: 4 * 1024 }),
  ],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The content security policy allows neither inline scripts nor data: addresses for code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: entry("index"), team: entry("team"), demo: entry("demo") },
      output: { codeSplitting: { groups } },
    },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": api, "/demo/messages": api, "/demo/clock": api } },
});
