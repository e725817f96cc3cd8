/** The numbers in a rule's condition: found, and changed in a copy. */
import type { Rule } from "./types.ts";

type Condition = Rule["when"];

const NUMBERS = new Set(["gte", "lte", "gt", "lt", "up", "down", "days", "over", "steps", "sessions", "in_a_row"]);

export interface Threshold {
  path: (string | number)[];
  value: number;
}

/** In the order in which the sentence says them. */
export function numbersOf(condition: Condition): Threshold[] {
  const found: Threshold[] = [];
  const look = (node: unknown, path: (string | number)[]): void => {
    if (Array.isArray(node)) node.forEach((part, at) => look(part, [...path, at]));
    else if (node && typeof node === "object")
      for (const [name, part] of Object.entries(node)) {
        if (typeof part === "number" && NUMBERS.has(name)) found.push({ path: [...path, name], value: part });
        else if (name !== "in") look(part, [...path, name]);
      }
  };
  look(condition, []);
  return found;
}

export function withNumber(condition: Condition, path: (string | number)[], value: number): Condition {
  const copy = structuredClone(condition);
  let node = copy as unknown as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) node = node[step] as Record<string | number, unknown>;
  node[path.at(-1) ?? ""] = value;
  return copy;
}
