/**
 * The store on this phone, shared by page and worker. A browser without one, one that is full or one that hangs
 * leaves everything in memory, and `isDurable` says so.
 */
const stores = ["outbox", "kept"] as const;
export type StoreName = (typeof stores)[number];

/** A store that has not answered by then is not waited for: an answer must reach the clinic without it. */
const patienceMs = 2_000;
const memory: Record<StoreName, Map<string, unknown>> = { outbox: new Map(), kept: new Map() };
let opening: Promise<IDBDatabase> | undefined;
let durable = true;

export function isDurable(): boolean {
  return durable;
}

export async function read<T>(store: StoreName, key: string): Promise<T | undefined> {
  const found = await run(store, "readonly", (table) => table.get(key) as IDBRequest<T | undefined>);
  return found ?? (memory[store].get(key) as T | undefined);
}

export async function readAll<T>(store: StoreName): Promise<T[]> {
  const found = await run(store, "readonly", (table) => table.getAll() as IDBRequest<T[]>);
  return [...(found ?? []), ...(memory[store].values() as Iterable<T>)];
}

/** Resolves once it is on the disk, or in memory where there is no other place. */
export async function write(store: StoreName, key: string, value: unknown): Promise<void> {
  const done = await run(store, "readwrite", (table) => table.put(value, key));
  if (done === key) memory[store].delete(key);
  else {
    durable = false;
    memory[store].set(key, value);
  }
}

/** Like `write`, but what is there already stays. */
export async function add(store: StoreName, key: string, value: unknown): Promise<void> {
  await run(store, "readwrite", (table) => table.add(value, key));
  if ((await read(store, key)) !== undefined) return;
  durable = false;
  memory[store].set(key, value);
}

export async function remove(store: StoreName, key: string): Promise<void> {
  memory[store].delete(key);
  await run(store, "readwrite", (table) => table.delete(key));
}

/** Forgets everything in it. */
export async function clear(store: StoreName): Promise<void> {
  memory[store].clear();
  await run(store, "readwrite", (table) => table.clear());
}

type Ask<T> = (table: IDBObjectStore) => IDBRequest<T>;

/** The result after the transaction is complete; undefined when the store does not work. */
async function run<T>(store: StoreName, mode: IDBTransactionMode, ask: Ask<T>): Promise<T | undefined> {
  const late = new Promise<undefined>((done) => setTimeout(done, patienceMs));
  return Promise.race([transact(store, mode, ask).catch(() => undefined), late]);
}

async function transact<T>(store: StoreName, mode: IDBTransactionMode, ask: Ask<T>): Promise<T> {
  const database = await (opening ??= open());
  return new Promise((done, failed) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(store));
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open("afterglow", 1);
    request.onupgradeneeded = () => stores.forEach((store) => request.result.createObjectStore(store));
    request.onerror = () => failed(request.error);
    request.onsuccess = () => {
      const close = () => {
        request.result.close();
        opening = undefined;
      };
      request.result.onversionchange = close;
      request.result.onclose = close;
      done(request.result);
    };
  });
}
