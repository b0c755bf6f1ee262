/**
 * Requests to the server this page came from. Every refusal becomes an `ApiProblem` that a person can be shown.
 * It keeps nothing; what is kept and refetched is in queries.ts.
 */
import type { ApiError } from "./types";

type Detail = ApiError["error"];

/** An answer of 400 or more, or none at all (`status` 0). `message` says what failed; show `hint` with it. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly kind: string;
  readonly causes: string[];
  readonly hint: string | null;
  readonly state: string | null;
  readonly field: Detail["field"];
  readonly position: Detail["position"];

  constructor(status: number, detail: Detail) {
    super(detail.message);
    this.name = "ApiProblem";
    this.status = status;
    this.kind = detail.kind;
    this.causes = detail.causes ?? [];
    this.hint = detail.hint ?? null;
    this.state = detail.state ?? null;
    this.field = detail.field ?? null;
    this.position = detail.position ?? null;
  }
}

/** Any thrown value as an `ApiProblem`, so that one component can show all of them. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiProblem(0, plain("page", message, null));
}

function plain(kind: string, message: string, hint: string | null): Detail {
  return { kind, message, causes: [], hint, state: null, field: null, position: null };
}

async function refusal(response: Response): Promise<ApiProblem> {
  const text = await response.text().catch(() => "");
  try {
    const body = JSON.parse(text) as ApiError;
    if (typeof body?.error?.message === "string") return new ApiProblem(response.status, body.error);
  } catch {
    // Not ours: a proxy, or a program of another version. Said below.
  }
  if (response.status === 401 || response.status === 403) {
    const hint = "open the address that pinstripe printed when it started, or start it again";
    return new ApiProblem(response.status, plain("session", "this page is not signed in to pinstripe", hint));
  }
  const status = `${response.status} ${response.statusText}`.trim();
  return new ApiProblem(response.status, plain("http", `pinstripe answered ${status}`, null));
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, {
      method,
      signal,
      credentials: "same-origin",
      // The server takes no change that another page's form could have sent.
      headers: method === "GET" ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    const hint = "see whether it still runs in the terminal, then reload this page";
    throw new ApiProblem(0, plain("offline", "pinstripe does not answer", hint));
  }
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export const get = <T>(path: string, signal?: AbortSignal) => send<T>("GET", path, undefined, signal);
export const post = <T>(path: string, body: unknown = {}, signal?: AbortSignal) =>
  send<T>("POST", path, body, signal);
export const put = <T>(path: string, body: unknown, signal?: AbortSignal) =>
  send<T>("PUT", path, body, signal);
export const patch = <T>(path: string, body: unknown) => send<T>("PATCH", path, body);
export const del = <T>(path: string) => send<T>("DELETE", path);

/** A name as one segment of a path. */
export const segment = (name: string) => encodeURIComponent(name);
