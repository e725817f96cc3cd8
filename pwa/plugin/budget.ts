/** Fails the build when an entry has grown too big for a slow phone. */
import { gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

type Chunk = Rolldown.OutputChunk;

interface Budget {
  entry: string;
  /** Most bytes after gzip, all chunks of the entry together. */
  js: number;
  css: number;
}

export function budgets(list: readonly Budget[]): Plugin {
  return {
    name: "budgets",
    generateBundle(_, bundle) {
      for (const budget of list) {
        const { js, css } = weigh(bundle, budget.entry);
        const said = `${budget.entry}: ${js} of ${budget.js} bytes JS, ${css} of ${budget.css} bytes CSS (gzip)`;
        if (js > budget.js || css > budget.css) this.error(`Too big. ${said}`);
        this.info(said);
      }
    },
  };
}

function weigh(bundle: Rolldown.OutputBundle, entry: string): { js: number; css: number } {
  const chunks = reach(bundle, Object.values(bundle).find((one) => one.type === "chunk" && one.name === entry));
  const sheets = new Set(chunks.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  const css = [...sheets].map((name) => bundle[name]).filter((one) => one?.type === "asset");
  return { js: sum(chunks.map((chunk) => chunk.code)), css: sum(css.map((asset) => asset.source)) };
}

/** A chunk and all that it imports, each once. */
function reach(bundle: Rolldown.OutputBundle, from: unknown, seen = new Set<Chunk>()): Chunk[] {
  const chunk = from as Chunk | undefined;
  if (chunk?.type === "chunk" && !seen.has(chunk)) {
    seen.add(chunk);
    for (const name of chunk.imports) reach(bundle, bundle[name], seen);
  }
  return [...seen];
}

function sum(parts: readonly (string | Uint8Array)[]): number {
  return parts.reduce((total, part) => total + gzipSync(part).length, 0);
}
