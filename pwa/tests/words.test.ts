/** Every catalogue has the same keys and holes; no screen carries words of its own. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import ts from "typescript";

const root = join(import.meta.dirname, "..");
const apps = ["patient", "worker", "team", "demo"].filter((app) => existsSync(join(root, app)));
/** Files that are loaded later bring words of their own, in a folder beside them. */
const catalogues = apps.flatMap((app) =>
  readdirSync(join(root, app), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(join("i18n", "en.ts")))
    .map((name) => join(app, name, "..", "..")),
);
/** The product's name, and the demo's password as it must be typed. */
const names = new Set(["Afterglow", "afterglow-demo"]);
const spokenAttributes = new Set(["aria-label", "title", "placeholder", "alt", "label", "hint", "closeLabel", "aria-description"]);

for (const app of catalogues) {
  const folder = join(root, app, "i18n");
  test(`${app}: English and Spanish say the same things`, async () => {
    const [en, es] = await Promise.all([catalogue(folder, "en"), catalogue(folder, "es")]);
    assert.deepEqual(gaps(en, es), []);
  });
  test(`${app}: every key that one of them lacks is found`, async () => {
    const [en, es] = await Promise.all([catalogue(folder, "en"), catalogue(folder, "es")]);
    for (const key of Object.keys(en)) {
      const { [key]: _, ...without } = es;
      assert.deepEqual(gaps(en, without), [`${key} is missing in Spanish`]);
      assert.deepEqual(gaps(without, es), [`${key} is missing in English`]);
    }
  });
}

test("no screen has words outside the catalogues", () => {
  const found = [...apps, "shared"].flatMap((app) => screens(join(root, app)).flatMap(spokenText));
  assert.deepEqual(found, []);
});

/** Words that promise more than anyone can keep (hazard H10). "Stop somewhere safe" is an order, not a promise. */
const banned = {
  en: /\b(safe|normal|all good|monitored|we are watching|no need to worry)\b/i,
  es: /\b(a salvo|segur[oa]s?|normal|todo bien|vigilad\w+|no se preocupe)\b/i,
};

test("no patient text promises too much", async () => {
  for (const language of ["en", "es"] as const) {
    const { driving_title: _, ...texts } = await catalogue(join(root, "patient", "i18n"), language);
    const later = await catalogue(join(root, "patient", "push", "i18n"), language);
    const unopened = await catalogue(join(root, "worker", "i18n"), language);
    for (const [key, text] of [texts, later, unopened].flatMap(Object.entries)) assert.doesNotMatch(text, banned[language], key);
  }
});

async function catalogue(folder: string, language: string): Promise<Record<string, string>> {
  const module = (await import(pathToFileURL(join(folder, `${language}.ts`)).href)) as Record<string, unknown>;
  return module[language] as Record<string, string>;
}

type Catalogue = Record<string, string>;

/** What one language says and the other does not, or with other holes. */
function gaps(en: Catalogue, es: Catalogue): string[] {
  const missing = (from: Catalogue, language: string) => (key: string) => (from[key]?.trim() ? [] : [`${key} is missing in ${language}`]);
  const both = Object.keys(en).filter((key) => es[key]?.trim());
  return [
    ...Object.keys(en).flatMap(missing(es, "Spanish")),
    ...Object.keys(es).flatMap(missing(en, "English")),
    ...both.filter((key) => holes(en[key] ?? "").join() !== holes(es[key] ?? "").join()).map((key) => `${key} has other holes`),
  ];
}

function holes(text: string): string[] {
  return (text.match(/\{\w+\}/g) ?? []).sort();
}

function screens(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".tsx"))
    .map((name) => join(folder, name));
}

/** Text between tags, or in attributes that are read out, that holds a letter. */
function spokenText(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = wordsOf(node);
    if (text && !names.has(text.trim()) && /\p{L}/u.test(text.replace(/&\w+;/g, ""))) found.push(`${file.slice(root.length + 1)}: ${text.trim()}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function wordsOf(node: ts.Node): string | undefined {
  if (ts.isJsxText(node)) return node.text;
  if (ts.isJsxExpression(node) && node.expression && ts.isStringLiteral(node.expression) && ts.isJsxElement(node.parent)) {
    return node.expression.text;
  }
  if (!ts.isJsxAttribute(node) || !spokenAttributes.has(node.name.getText())) return undefined;
  return node.initializer && ts.isStringLiteral(node.initializer) ? node.initializer.text : undefined;
}
