/** One question over HTTP, whose failures are answers too. */
export type Reply =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The JSON object that was answered; empty for anything else. */
      readonly body: Readonly<Record<string, unknown>>;
      /** The other side's clock, to the second. */
      readonly date: Date | null;
    }
  | { readonly kind: "silent"; readonly why: string };

export interface Question {
  readonly method?: "GET" | "POST" | "DELETE";
  /** `Basic …` or `Bearer …`. */
  readonly authorization?: string;
  readonly origin?: string;
  readonly body?: object;
}

const patienceMs = 10_000;

export async function ask(url: string, question: Question = {}): Promise<Reply> {
  const { method = "GET", authorization, origin, body } = question;
  try {
    const response = await fetch(url, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(patienceMs),
      headers: {
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
    return { kind: "silent", why: reasonOf(error) };
  }
}

export function basic(userName: string): string {
  return `Basic ${Buffer.from(`${userName}:`).toString("base64")}`;
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    // A proxy's HTML: whoever asked sees that what was expected is missing.
    return {};
  }
}

/** fetch says "fetch failed"; what failed is in its cause. */
export function reasonOf(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError")
    return `no answer within ${patienceMs / 1000} seconds`;
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return (
    reasons[code] ??
    (/CERT|SELF_SIGNED|ALTNAME/.test(code) ? certificate(code) : `no connection ${code}`.trim())
  );
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name does not exist",
  EAI_AGAIN: "names cannot be looked up from here",
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was cut",
  ETIMEDOUT: "no connection in time",
  UND_ERR_SOCKET: "the connection was cut",
};

function certificate(code: string): string {
  return `its certificate is not trusted (${code})`;
}
