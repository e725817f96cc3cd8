/** Who holds the phone, from the question that asks it. */
import type { Answers } from "../types.ts";

export type Role = "patient" | "companion" | "stranger";

const roles: Readonly<Record<string, Role>> = { companion: "companion", not_me: "stranger" };

export const whoItem = "a_who";

export function roleOf(answers: Answers): Role {
  return roles[String(answers[whoItem])] ?? "patient";
}
