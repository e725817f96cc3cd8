/** The app's own files, kept as one piece: all of one build or none. */
import { paths } from "./push.ts";

/** Put in by the build: every file of the patient app, and what they hash to together. */
declare const SHELL_FILES: readonly string[];
declare const SHELL_HASH: string;
/** SHA-256 of the page itself, so that files of two builds never mix. */
declare const PAGE_DIGEST: string;

const name = `shell-${SHELL_HASH}`;
const page = "/";

export async function install(): Promise<void> {
  const shell = await caches.open(name);
  await Promise.all(
    SHELL_FILES.map(async (file) => {
      // A name with a hash in it never changes: what the version before had is as good.
      const before = isHashed(file) ? await caches.match(file) : undefined;
      await shell.put(file, before ?? (await fetched(file)));
    }),
  );
}

export async function activate(): Promise<void> {
  for (const other of await caches.keys()) if (other.startsWith("shell-") && other !== name) await caches.delete(other);
}

/** What this worker answers itself: the patient's pages and their files. Everything else goes its own way. */
export function answerTo({ method, mode, url }: Request): Promise<Response> | undefined {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return undefined;
  const isPage = mode === "navigate" && paths.includes(pathname);
  if (!isPage && (pathname === page || !SHELL_FILES.includes(pathname))) return undefined;
  const file = isPage ? page : pathname;
  return caches.open(name).then(async (shell) => (await shell.match(file)) ?? fetch(file));
}

async function fetched(file: string): Promise<Response> {
  const response = await fetch(file, { cache: isHashed(file) ? "default" : "no-cache" });
  if (response.status !== 200 || response.redirected) throw new Error(`${file}: ${response.status}`);
  if (file === page && (await digest(response.clone())) !== PAGE_DIGEST) throw new Error("another version");
  return response;
}

function isHashed(file: string): boolean {
  return file.startsWith("/assets/");
}

async function digest(response: Response): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
