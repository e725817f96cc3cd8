/**
 * What this phone keeps for itself: answers so far, questions for later, what the clinic said back. Encrypted with
 * a key that the browser holds and gives to nobody, not even to this page.
 */
import { add, read, readAll, remove, write } from "./db.ts";

export interface Hidden {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

interface Kept extends Hidden {
  key: string;
}

const keyName = "device_key";

export async function hide(value: unknown): Promise<Hidden> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await deviceKey(), text) };
}

/** Undefined for what another key encrypted. */
export async function reveal<T>(hidden: Hidden | undefined): Promise<T | undefined> {
  if (!hidden) return undefined;
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: hidden.iv }, await deviceKey(), hidden.data);
    return JSON.parse(new TextDecoder().decode(text)) as T;
  } catch {
    return undefined;
  }
}

export async function keep(key: string, value: unknown): Promise<void> {
  await write("kept", key, { key, ...(await hide(value)) });
}

export async function find<T>(key: string): Promise<T | undefined> {
  return reveal<T>(await read<Kept>("kept", key));
}

/** What is kept under keys that begin so, by the rest of the key. */
export async function findAll<T>(prefix: string): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (const one of await readAll<Partial<Kept>>("kept")) {
    const value = one.key?.startsWith(prefix) ? await reveal<T>(one as Kept) : undefined;
    if (value !== undefined) found.set((one as Kept).key.slice(prefix.length), value);
  }
  return found;
}

export async function drop(key: string): Promise<void> {
  await remove("kept", key);
}

/** Looked up each time: another tab may have cleared everything. Two that make the first one take turns. */
async function deviceKey(): Promise<CryptoKey> {
  const known = await read<CryptoKey>("kept", keyName);
  return known ?? (await navigator.locks.request(keyName, makeKey));
}

async function makeKey(): Promise<CryptoKey> {
  const known = await read<CryptoKey>("kept", keyName);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // A store that was slow to say what it holds must not lose the key that opens the rest of it.
  await add("kept", keyName, made);
  return (await read<CryptoKey>("kept", keyName)) ?? made;
}
