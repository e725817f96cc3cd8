/**
 * Seals a document to the clinic's public key: ephemeral ECDH on P-256, HKDF-SHA-256, AES-256-GCM. The server's
 * kit/sealing.py opens it.
 */
import type { Sealed } from "./item.ts";

/** The clinic's key: an uncompressed point in base64. */
export interface SealingKey {
  key_id: number;
  public_key: string;
}

const curve = { name: "ECDH", namedCurve: "P-256" };
const purpose = new TextEncoder().encode("afterglow sealed answer 1");

/** `id` is authenticated with it: what was sealed for one answer cannot pass for another. */
export async function seal({ key_id, public_key }: SealingKey, id: string, document: unknown): Promise<Sealed> {
  const point = fromBase64(public_key);
  const clinic = await crypto.subtle.importKey("raw", point, curve, false, []);
  const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const ownPoint = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: clinic }, own.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveBits"]);
  const salt = joined(ownPoint, point);
  const derived = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: purpose }, secret, 44 * 8);
  const key = await crypto.subtle.importKey("raw", derived.slice(0, 32), "AES-GCM", false, ["encrypt"]);
  const text = new TextEncoder();
  const encrypted = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: derived.slice(32), additionalData: text.encode(id) },
    key,
    text.encode(JSON.stringify(document)),
  );
  return { key_id, sealed: toBase64(joined(ownPoint, new Uint8Array(encrypted))), sealed_for: id };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
