/** Sends one HTTP request of the doctor. A failed connection is a reply too: it never throws. */
export type Reply =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The answer's JSON object; empty for any other body. */
      readonly body: Readonly<Record<string, unknown>>;
      /** The answer's `Date` header, in whole seconds. */
      readonly date: Date | null;
    }
  | { readonly kind: "failed"; readonly reason: string };

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "DELETE";
  /** `Basic …` or `Bearer …`. */
  readonly authorization?: string;
  readonly origin?: string;
  /** Others. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

const deadlineMs = 10_000;

export async function sendRequest(url: string, options: RequestOptions = {}): Promise<Reply> {
  const { method = "GET", authorization, origin, headers, body } = options;
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(deadlineMs),
      headers: {
        ...headers,
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(origin === undefined ? {} : { Origin: origin }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    return {
      kind: "answered",
      status: response.status,
      body: toObject(await response.text()),
      date: Number.isNaN(date) ? null : new Date(date),
    };
  } catch (error) {
    return { kind: "failed", reason: reasonOf(error) };
  }
}

export function basicAuthorization(userName: string): string {
  return `Basic ${Buffer.from(`${userName}:`).toString("base64")}`;
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // Such as a proxy's HTML: the caller finds the expected members missing.
    return {};
  }
}

/** The reason of fetch's "fetch failed", which is in its cause. */
export function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `no answer within ${deadlineMs / 1000} seconds`;
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return (
    reasons[code] ??
    (/CERT|SELF_SIGNED|ALTNAME/.test(code) ? certificate(code) : `no connection ${code}`.trim())
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name does not exist",
  EAI_AGAIN: "the DNS lookup failed",
  ECONNREFUSED: "nothing listens on that port",
  ECONNRESET: "the connection was closed",
  ETIMEDOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed",
};

function certificate(code: string): string {
  return `its certificate is not trusted (${code})`;
}
