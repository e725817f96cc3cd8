/** Catalogues of words: the English one fixes the keys, every other language must have the same ones. */
import { currentLanguage, type Language } from "./language.ts";

export type Params = Readonly<Record<string, string | number>>;
export type Catalogue<K extends string> = Readonly<Record<K, string>>;

type PluralBase<K extends string> = K extends `${infer Base}_other` ? Base : never;

/**
 * Makes `t(key, params)` over a catalogue per language. `{name}` in a text is replaced by params.name.
 * With `params.count`, `key_one` or `key_other` is chosen by the language's plural rule.
 */
export function translator<K extends string>(catalogues: Readonly<Record<Language, Catalogue<K>>>) {
  return (key: K | PluralBase<K>, params?: Params): string => {
    const language = currentLanguage();
    const texts: Readonly<Record<string, string>> = catalogues[language];
    return fill(texts[key] ?? texts[plural(language, key, params)] ?? key, params);
  };
}

function plural(language: Language, key: string, params: Params | undefined): string {
  const form = new Intl.PluralRules(language).select(Number(params?.["count"] ?? 0));
  return `${key}_${form === "one" ? "one" : "other"}`;
}

export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => (name in params ? String(params[name]) : hole));
}
