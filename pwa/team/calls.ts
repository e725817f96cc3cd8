import { call, type CallOptions, type Method, type Problem, type Result } from "../shared/api.ts";
import { t } from "./i18n/t.ts";
import { said } from "./said.ts";
import { loseAccess } from "./state/access.ts";

/** A staff call. An ended sign-in is made known to the whole page; the caller still gets its problem. */
export async function send<T>(
  method: Method,
  path: string,
  body?: unknown,
  options?: CallOptions,
): Promise<Result<T>> {
  const result = await call<T>(method, path, body, options);
  if (!result.ok && result.problem.kind === "signed_out") loseAccess();
  return result;
}

export const get = <T>(path: string): Promise<Result<T>> => send<T>("GET", path);

/** How an alert was seen, as an act on it says: who passes it on names the step too. */
export function seen({ version, step }: { version: number; step: number }, verb: string): object {
  return verb === "escalate" ? { version, step } : { version };
}

/** The path of a list with its filters; empty ones are left out. */
export function listPath(path: string, filters: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filters))
    if (value !== undefined && value !== "") query.set(name, `${value}`);
  return query.size ? `${path}?${query}` : path;
}

/** What went wrong, in words that say whether anything was saved and what to do. */
export function problemText(problem: Problem): string {
  if (problem.status === 429) return t("problem_wait", { minutes: Math.max(1, Math.ceil(problem.retryAfter / 60)) });
  switch (problem.kind) {
    case "network":
      return t("problem_network");
    case "unavailable":
      return t("problem_unavailable");
    case "signed_out":
      return t("problem_signed_out");
    case "forbidden":
      return t("problem_forbidden");
    case "missing":
      return t("problem_missing");
    case "invalid":
      return t("problem_invalid");
    default:
      return said(problem.detail || problem.title) || t("problem_refused");
  }
}
