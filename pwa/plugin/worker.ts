/** Builds the patient app's worker with the list of files it keeps, and fails when it has grown too big. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin, type ResolvedConfig, type Rolldown } from "vite";
import { filesOf } from "./budget.ts";

interface WorkerOptions {
  /** The worker's source, its name when built, the entry whose files it keeps. */
  source: string;
  file: string;
  entry: string;
  /** Most bytes after gzip. */
  budget: number;
}

export function worker({ source, file, entry, budget }: WorkerOptions): Plugin {
  let config: ResolvedConfig;
  return {
    name: "worker",
    apply: "build",
    configResolved: (resolved) => void (config = resolved),
    writeBundle: {
      order: "post",
      async handler({ dir }, bundle) {
        const folder = dir ?? config.build.outDir;
        const page = readFileSync(join(folder, `${entry}.html`));
        const built = filesOf(bundle, entry, (chunk) => [...chunk.imports, ...chunk.dynamicImports]);
        const files = [...built, ...readdirSync(config.publicDir)].map((name) => `/${name}`).sort();
        const hash = createHash("sha256").update(page);
        for (const name of files) hash.update(name).update(readFileSync(join(folder, name)));
        const code = await compiled(source, {
          SHELL_FILES: JSON.stringify(["/", ...files]),
          SHELL_HASH: JSON.stringify(hash.digest("hex").slice(0, 16)),
          PAGE_DIGEST: JSON.stringify(createHash("sha256").update(page).digest("hex")),
        });
        const size = gzipSync(code).length;
        const said = `${file}: ${size} of ${budget} bytes (gzip), keeps ${files.length + 1} files`;
        if (size > budget) this.error(`Too big. ${said}`);
        writeFileSync(join(folder, file), code);
        this.info(said);
      },
    },
  };
}

async function compiled(source: string, define: Record<string, string>): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "warn",
    define,
    publicDir: false,
    build: {
      write: false,
      target: "es2022",
      lib: { entry: source, formats: ["iife"], name: "worker", fileName: "worker" },
      minify: true,
    },
  });
  const [output] = [built].flat() as Rolldown.RolldownOutput[];
  const chunks = output?.output.filter((one) => one.type === "chunk") ?? [];
  if (chunks.length !== 1) throw new Error("The worker must be one file.");
  return chunks[0]?.code ?? "";
}
