/** Requests to our own origin: cookies, the CSRF token, and errors as one type. */

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when the server could not be reached. */
  readonly status: number;
  /** The server's short machine-readable word for what went wrong. */
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details: unknown = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Another shape of the answer than plain JSON. */
  readonly accept?: string;
  /** Statuses besides 2xx whose body is an answer, not an error. */
  readonly alsoAccept?: readonly number[];
}

/** The JSON answer of a request. Raises ApiError. The caller names the type that the contract gives this path. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const { method = "GET", body, signal, accept = "application/json", alsoAccept = [] } = options;
  const headers: Record<string, string> = { Accept: accept };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const response = await fetch(path, {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "The server can't be reached.");
  });
  const answer = parse(await response.text());
  if (!response.ok && !alsoAccept.includes(response.status)) throw asError(response, answer);
  return answer as T;
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Reads both shapes of errors: ours ({error: {…}}) and Kubernetes' (kind Status). */
function asError(response: Response, answer: unknown): ApiError {
  const fallback = `${String(response.status)} ${response.statusText}`.trim();
  if (!isRecord(answer)) return new ApiError(response.status, "http", fallback);
  const source = isRecord(answer["error"]) ? answer["error"] : answer;
  const code = source["code"] ?? source["reason"];
  const message = source["message"] ?? source["detail"];
  return new ApiError(
    response.status,
    typeof code === "string" ? code : "http",
    typeof message === "string" ? message : fallback,
    source["details"] ?? null,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function csrfToken(): string {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}
