import { translator } from "../../../shared/i18n/translate.ts";
import { saying } from "../../said.ts";
import { en, type Key } from "./en.ts";
import { es } from "./es.ts";
import { saidEs } from "./said.es.ts";

export const t = translator<Key>({ en, es });

/** A sentence of the server about a file, in the reader's language. */
export const said = saying(saidEs);
