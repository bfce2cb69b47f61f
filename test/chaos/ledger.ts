/** What virtual people were told: every call with its outcome, and what was acknowledged. */
export interface Call {
  readonly at: number;
  readonly operation: string;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly code: string;
  readonly ms: number;
  readonly hasRetryAfter: boolean;
}

export interface Acknowledged {
  readonly event: string;
  readonly requestId: string;
}

export interface Ledger {
  readonly calls: Call[];
  readonly acknowledged: Acknowledged[];
  /** How often each result token was accepted. */
  readonly tokens: Map<string, number>;
  /** What must never happen, in words. */
  readonly lost: string[];
  /** People who were signed out by an answer that did not arrive. */
  signedOut: number;
}

export function createLedger(): Ledger {
  return { calls: [], acknowledged: [], tokens: new Map(), lost: [], signedOut: 0 };
}

export interface Outcome {
  readonly isOk: boolean;
  readonly status: number | null;
  readonly code: string;
  readonly body: unknown;
  readonly requestId: string;
}

/** A browser: a cookie jar at a network address of its own. */
export class Browser {
  readonly #base: string;
  readonly #origin: string;
  readonly #ledger: Ledger;
  readonly #address: string;
  #cookies = new Map<string, string>();

  constructor(where: { base: string; origin: string; address: string }, ledger: Ledger) {
    this.#base = where.base;
    this.#origin = where.origin;
    this.#address = where.address;
    this.#ledger = ledger;
  }

  /** Another one with the same cookies, so that what it asks changes nothing here. */
  copy(): Browser {
    const where = { base: this.#base, origin: this.#origin, address: this.#address };
    const copy = new Browser(where, this.#ledger);
    copy.#cookies = new Map(this.#cookies);
    return copy;
  }

  async call(method: string, path: string, body?: object): Promise<Outcome> {
    const before = performance.now();
    const operation = `${method} ${path.replace(/(?<=\/passkeys\/).+/, ":id")}`;
    const note = (status: number | null, code: string, hasRetryAfter: boolean): void => {
      const ms = performance.now() - before;
      this.#ledger.calls.push({ at: Date.now(), operation, status, code, ms, hasRetryAfter });
    };
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    try {
      const answer = await fetch(`${this.#base}/api${path}`, {
        method,
        signal: AbortSignal.timeout(60_000),
        headers: {
          Origin: this.#origin,
          "X-Virtual-Ip": this.#address,
          "X-Forwarded-For": this.#address,
          "X-Forwarded-Proto": "https",
          ...(cookie === "" ? {} : { Cookie: cookie }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      this.#keepCookies(answer);
      const read = readJson(text);
      const code = answer.ok ? "" : String(memberOf(read, "code") ?? "of the balancer");
      note(answer.status, code, answer.headers.has("retry-after"));
      const requestId = answer.headers.get("x-request-id") ?? "";
      return { isOk: answer.ok, status: answer.status, code, body: read, requestId };
    } catch (error) {
      const code = error instanceof Error ? error.name : "error";
      note(null, code, false);
      return { isOk: false, status: null, code, body: null, requestId: "" };
    }
  }

  #keepCookies(answer: Response): void {
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The page of a balancer.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** @returns the member at these names, or undefined */
export function memberOf(value: unknown, ...names: readonly string[]): unknown {
  let at = value;
  for (const name of names) at = typeof at === "object" && at !== null ? Reflect.get(at, name) : undefined;
  return at;
}
