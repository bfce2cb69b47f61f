/** The driver's side of a request: a cookie jar and no more. */
export class BenchBrowser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  post<Answer>(path: string, body: object): Promise<Answer> {
    return this.#send(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  get<Answer>(path: string): Promise<Answer> {
    return this.#send(path, {});
  }

  async #send<Answer>(
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: string },
  ) {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const headers = cookie === "" ? { ...init.headers } : { ...init.headers, Cookie: cookie };
    const response = await fetch(`${this.#origin}${path}`, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}
