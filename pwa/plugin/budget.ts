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
    generateBundle: {
      // After the pages are written: they say what is loaded first.
      order: "post",
      handler(_, bundle) {
        for (const budget of list) {
          const { js, css } = weigh(bundle, budget.entry);
          const said = `${budget.entry}: ${js} of ${budget.js} bytes JS, ${css} of ${budget.css} bytes CSS (gzip)`;
          if (js > budget.js || css > budget.css) this.error(`Too big. ${said}`);
          this.info(said);
        }
      },
    },
  };
}

function weigh(bundle: Rolldown.OutputBundle, entry: string): { js: number; css: number } {
  const files = filesOf(bundle, entry, (chunk) => chunk.imports).map((name) => bundle[name]);
  const sources = (extension: string) => files.filter((one) => one?.fileName.endsWith(extension)).map(sourceOf);
  return { js: sum(sources(".js")), css: sum(sources(".css")) };
}

/** What the page of an entry names, all that `next` leads to from there, and the styles of both. */
export function filesOf(
  bundle: Rolldown.OutputBundle,
  entry: string,
  next: (chunk: Chunk) => readonly string[],
): string[] {
  const page = String(sourceOf(bundle[`${entry}.html`]));
  const named = Array.from(page.matchAll(/"\/(assets\/[^"]+)"/g), ([, name]) => name ?? "");
  if (!named.some((name) => bundle[name]?.type === "chunk")) throw new Error(`${entry}.html names no script.`);
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name)) return;
    found.add(name);
    const chunk = bundle[name];
    if (chunk?.type === "chunk") [...next(chunk), ...(chunk.viteMetadata?.importedCss ?? [])].forEach(add);
  };
  named.forEach(add);
  return [...found];
}

function sourceOf(file: Chunk | Rolldown.OutputAsset | undefined): string | Uint8Array {
  return file?.type === "chunk" ? file.code : (file?.source ?? "");
}

function sum(parts: readonly (string | Uint8Array)[]): number {
  return parts.reduce((total, part) => total + gzipSync(part).length, 0);
}
