/**
 * Whose phone this is: the patient whose sign-in the browser holds. Phones are shared; what one patient leaves here
 * never goes out by the sign-in of another.
 */
import { read, write } from "./db.ts";

interface Holder {
  id: string;
  /** False while somebody is being signed in: it may be another patient's any moment. */
  sure: boolean;
}

const key = "holder";

/** Undefined when nobody is signed in, and while it may change. */
export async function holder(): Promise<string | undefined> {
  const known = await read<Holder>("kept", key);
  return known?.sure ? known.id : undefined;
}

/** Who it was when last known for sure. */
export async function lastHolder(): Promise<string | undefined> {
  return (await read<Holder>("kept", key))?.id;
}

export async function setHolder(id: string, sure = true): Promise<void> {
  await write("kept", key, { id, sure } satisfies Holder);
}
