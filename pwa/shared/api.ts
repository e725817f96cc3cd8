/** The one way to the server: adds the CSRF header, turns every outcome into a value, never throws. */

export interface FieldError {
  field: string;
  message: string;
}

/** What went wrong, in the terms a screen can act on. */
export interface Problem {
  /** network: no answer at all; unavailable: the server cannot work now (5xx, 408, 425, 429); the rest by status. */
  kind: "network" | "unavailable" | "signed_out" | "forbidden" | "missing" | "conflict" | "invalid" | "refused";
  status: number;
  type: string;
  title: string;
  detail: string;
  errors: FieldError[];
  /** Seconds the server asked us to wait, 0 when it did not say. */
  retryAfter: number;
  /** The whole problem document, for members such as `current`. */
  body: Record<string, unknown>;
}

/** `at`: when, by the server's clock. */
export type Result<T> = { ok: true; status: number; data: T; at: number } | { ok: false; problem: Problem };

export interface CallOptions {
  /** A submit token, sent as `Authorization: Bearer`; no cookie goes with the call then. */
  bearer?: string | undefined;
  timeoutMs?: number;
  /** Lets the call outlive the page, for signals sent while leaving. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `body`: what is sent as JSON; a Blob goes as it is, under its own type. */
export async function call<T>(method: Method, path: string, body?: unknown, options: CallOptions = {}): Promise<Result<T>> {
  try {
    const response = await fetch(path, request(method, body, options));
    const text = await response.text();
    if (response.ok) return { ok: true, status: response.status, data: (text ? JSON.parse(text) : undefined) as T, at: timeOf(response) };
    return { ok: false, problem: toProblem(response, text) };
  } catch {
    return { ok: false, problem: networkProblem() };
  }
}

/** Worth sending again unchanged: the network or the server failed, not the content. */
export function isTransient(problem: Problem): boolean {
  return problem.kind === "network" || problem.kind === "unavailable";
}

/** The message for one field of a 422, if the server named it. */
export function fieldMessage(problem: Problem | undefined, field: string): string | undefined {
  return problem?.errors.find((error) => error.field === field)?.message;
}

function request(method: Method, body: unknown, options: CallOptions): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Afterglow"] = "1";
  const file = body instanceof Blob;
  if (body !== undefined && !file) headers["Content-Type"] = "application/json";
  if (options.bearer) headers["Authorization"] = `Bearer ${options.bearer}`;
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 20_000);
  return {
    method,
    headers,
    body: file ? body : body === undefined ? null : JSON.stringify(body),
    credentials: options.bearer ? "omit" : "same-origin",
    cache: "no-store",
    redirect: "error",
    keepalive: options.keepalive ?? false,
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  };
}

function timeOf(response: Response): number {
  return Date.parse(response.headers.get("Date") ?? "") || Date.now();
}

export function toProblem(response: Response, text: string): Problem {
  const body = parse(text);
  return {
    kind: kindOf(response.status),
    status: response.status,
    type: textOf(body["type"]),
    title: textOf(body["title"]),
    detail: textOf(body["detail"]),
    errors: Array.isArray(body["errors"]) ? (body["errors"] as FieldError[]) : [],
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
    body,
  };
}

export function kindOf(status: number): Problem["kind"] {
  if (status >= 500 || status === 408 || status === 425 || status === 429) return "unavailable";
  if (status === 401) return "signed_out";
  if (status === 403) return "forbidden";
  if (status === 404 || status === 410) return "missing";
  if (status === 409) return "conflict";
  if (status === 422) return "invalid";
  return "refused";
}

function networkProblem(): Problem {
  return { kind: "network", status: 0, type: "", title: "", detail: "", errors: [], retryAfter: 0, body: {} };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
