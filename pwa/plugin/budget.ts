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
  const chunks = reach(bundle, entryChunk(bundle, entry), (chunk) => chunk.imports);
  const sheets = new Set(chunks.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  const css = [...sheets].map((name) => bundle[name]).filter((one) => one?.type === "asset");
  return { js: sum(chunks.map((chunk) => chunk.code)), css: sum(css.map((asset) => asset.source)) };
}

export function entryChunk(bundle: Rolldown.OutputBundle, entry: string): Chunk | undefined {
  return Object.values(bundle).find((one): one is Chunk => one.type === "chunk" && one.isEntry && one.name === entry);
}

/** A chunk and all that `next` leads to from there, each once. */
export function reach(
  bundle: Rolldown.OutputBundle,
  chunk: Chunk | Rolldown.OutputAsset | undefined,
  next: (chunk: Chunk) => readonly string[],
  seen = new Set<Chunk>(),
): Chunk[] {
  if (chunk?.type === "chunk" && !seen.has(chunk)) {
    seen.add(chunk);
    for (const name of next(chunk)) reach(bundle, bundle[name], next, seen);
  }
  return [...seen];
}

function sum(parts: readonly (string | Uint8Array)[]): number {
  return parts.reduce((total, part) => total + gzipSync(part).length, 0);
}
