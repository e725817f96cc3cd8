import { resolve } from "node:path";
import { defineConfig, mergeConfig, type Plugin, type UserConfig } from "vite";
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

/**
 * Built apart: what the first screen of a phone needs comes as one script, however much of it the form or the team's page
 * use as well. `vite build` builds the phone's, `vite build --mode team` all others.
 */
const phone: UserConfig = {
  plugins: [
    budgets([{ entry: "index", js: 25 * 1024, css: 5 * 1024 }]),
    worker({ source: resolve(import.meta.dirname, "worker/main.ts"), file: "sw.js", entry: "index", budget: 4 * 1024 }),
  ],
  build: {
    rolldownOptions: {
      input: { index: entry("index") },
      output: { codeSplitting: { groups: [{ name: "patient", tags: ["$initial"] }] } },
    },
  },
};
const others: UserConfig = {
  plugins: [budgets([{ entry: "team", js: 60 * 1024, css: 10 * 1024 }])],
  publicDir: false,
  build: { emptyOutDir: false, rolldownOptions: { input: { team: entry("team"), demo: entry("demo") } } },
};

const all: UserConfig = {
  plugins: [withoutSources],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The content security policy allows neither inline scripts nor data: addresses for code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": api, "/demo/messages": api, "/demo/clock": api } },
};

export default defineConfig(({ command, mode }) =>
  command === "serve" ? all : mergeConfig(all, mode === "team" ? others : phone),
);
