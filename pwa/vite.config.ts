import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig } from "vite";

const api = process.env["API"] ?? "http://localhost:8000";
const entries = ["index", "team", "demo"]
  .map((name) => [name, resolve(import.meta.dirname, `${name}.html`)] as const)
  .filter(([, file]) => existsSync(file));

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The content security policy allows neither inline scripts nor data: addresses for code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: Object.fromEntries(entries) },
  },
  server: { fs: { allow: [".."] }, proxy: { "/api": api, "/demo/messages": api, "/demo/clock": api } },
});
