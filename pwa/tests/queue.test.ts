/**
 * Random runs of the outbox, two senders at once, on a phone that changes hands, with a network and a server that fail
 * in every way: nothing is lost, nothing is stored twice, and nothing goes to another patient. `SEED` and `RUNS` choose.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import type { Item } from "../outbox/item.ts";

const runs = Number(process.env["RUNS"] ?? 100);
const first = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const patients = ["a", "b"];
const before = "what came before";

/** What the server does with a request: as it should, or like this. */
type Fault = "none" | "refused" | "busy" | "cut before" | "cut after";
const faults: Fault[] = ["none", "refused", "busy", "cut before", "cut after"];

/** mulberry32: the same seed, the same run. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An answer that the server keeps: whose it is, and what was sealed. */
interface Kept {
  owner: string;
  sealed: string;
}

/** One clinic's server: who is signed in, whose tokens are void, and what it keeps, by response id. */
const world = { fault: (): Fault => "none", cookie: undefined as string | undefined, revoked: new Set<string>(), kept: new Map<string, Kept>() };

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => (body += part.toString()));
  request.on("end", () => {
    const fault = world.fault();
    if (fault === "cut before") return void request.socket.destroy();
    if (fault !== "none" && fault !== "cut after") return void response.writeHead(fault === "busy" ? 429 : 503).end();
    const [, owner = ""] = (request.url ?? "").split("/");
    const token = request.headers.authorization !== undefined;
    if (token && world.revoked.has(owner)) return void response.writeHead(401).end();
    if (!token && world.cookie !== owner) return void response.writeHead(world.cookie ? 404 : 401).end();
    const { response_id: id, sealed } = JSON.parse(body) as { response_id: string; sealed: string };
    const there = world.kept.get(id);
    if (there && (there.owner !== owner || there.sealed !== sealed)) return void response.writeHead(409).end();
    world.kept.set(id, { owner, sealed });
    if (fault === "cut after") return void request.socket.destroy();
    response.writeHead(201, { "Content-Type": "application/json" }).end(JSON.stringify({ advice: [owner] }));
  });
});

class Deaf {
  onmessage = null;
  postMessage(): void {}
}

test(`${runs} random runs from seed ${first}`, { timeout: 120_000 }, async (context) => {
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const plain = globalThis.fetch;
  globalThis.BroadcastChannel = Deaf as unknown as typeof BroadcastChannel;
  globalThis.fetch = (path, options) => plain(`${origin}${String(path)}`, options);
  const { read, readAll, remove, write } = await import("../outbox/db.ts");
  const { drain } = await import("../outbox/send.ts");
  const { setHolder } = await import("../outbox/holder.ts");

  async function signIn(patient: string): Promise<void> {
    await setHolder(world.cookie ?? patient, false);
    world.cookie = patient;
    await setHolder(patient);
  }

  async function run(seed: number): Promise<void> {
    const random = dice(seed);
    const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
    Object.assign(world, { fault: () => (random() < 0.5 ? "none" : one(faults)), cookie: undefined, revoked: new Set(), kept: new Map() });
    const given: Item[] = [];
    let taken = 0;
    await signIn("a");
    for (let step = 0; step < 8; step += 1) {
      const what = random();
      if (what < 0.4) {
        const item = await put(`${seed}-${step}`, world.cookie as string, random() < 0.5);
        given.push(item);
        // Its id is known to the server already, with other content.
        const known = random() < 0.3;
        taken += Number(known);
        if (known) world.kept.set(item.responseId, { owner: item.owner as string, sealed: before });
      } else if (what < 0.55) world.revoked.add(one(patients));
      else {
        const sending = [drain(one(["person", "network", "timer"])), drain("person")];
        if (random() < 0.3) sending.push(signIn(one(patients)).then(() => false));
        await Promise.all(sending);
      }
    }
    world.fault = () => "none";
    for (const patient of patients) {
      await signIn(patient);
      await drain("person");
      await drain("person");
      for (const item of await readAll<Item>("outbox")) {
        const why = `seed ${seed}, ${item.id}: ${item.state} ${item.status}`;
        assert.ok(item.owner !== patient || item.state === "stored", why);
      }
    }
    const kept = [...world.kept.values()].filter(({ sealed }) => sealed !== before).map(({ owner, sealed }) => `${owner} ${sealed}`);
    assert.deepEqual(kept.sort(), given.map(({ owner, id }) => `${owner} ${id}`).sort(), `seed ${seed}`);
    assert.equal(world.kept.size - kept.length, taken, `seed ${seed}: an answer took the place of another`);
    for (const { id } of given) await remove("outbox", id);
  }

  async function put(id: string, owner: string, token: boolean): Promise<Item> {
    const item: Item = {
      id, form: id, part: "whole", method: "PUT", url: `/${owner}/${id}`, responseId: id, owner, createdAt: 0, tries: 0,
      nextAt: 0, state: "queued", sealed: { key_id: 1, sealed: id, sealed_for: id }, bearer: token ? "t" : undefined,
    };
    await write("outbox", id, item);
    assert.ok(await read("outbox", id));
    return item;
  }

  for (let number = 0; number < runs; number += 1) await run(first + number);
});
