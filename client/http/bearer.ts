/**
 * needs:    a host with `createBearerSessions` or `createJwtSessions`, whose CORS exposes the headers if it is on another
 *           origin.
 * does:     is `fetch` for a client without cookies: sends the newest token, and keeps what an answer brings.
 * must not: keep a token where the host did not say so.
 */

/** Where hosts of JWTs have their tokens, as JWT.md shows them; a body of another shape is the host's to describe. */
export interface TokenBody {
  readonly accessToken?: string;
  readonly tokens?: { readonly accessToken?: string };
}

export interface BearerOptions {
  /** The newest token, from where `keepToken` has put it; null for none. */
  readonly token: () => string | null;
  /** Told of each new token; null when the session has ended. */
  readonly keepToken: (token: string | null) => void;
  /** Finds a new token in an answer's JSON, as `({ tokens }) => tokens?.accessToken` for JWTs. Default: in no body. */
  tokenIn?(body: TokenBody): string | undefined;
  /** The response header that carries a new token. Default `Session-Token`. */
  readonly header?: string;
  /** The token of the e-mail code that a visitor waits for, from where `keepCode` has put it. Default: kept until a reload. */
  readonly code?: () => string | null;
  readonly keepCode?: (token: string) => void;
  /** The header, of answers and requests, that carries this token. Default `Code-Token`. */
  readonly codeHeader?: string;
}

/** For `createApi(url, { send: createBearerFetch(…) })`, and for the routes of your own. */
export function createBearerFetch(options: BearerOptions): typeof fetch {
  const { token, keepToken, header = "Session-Token", codeHeader = "Code-Token" } = options;
  let kept: string | null = null;
  return async (input, init) => {
    const request = new Request(input, init);
    const current = token();
    if (current) request.headers.set("Authorization", `Bearer ${current}`);
    const code = options.code?.() ?? kept;
    if (code) request.headers.set(codeHeader, code);
    const answer = await fetch(request);
    const newCode = answer.headers.get(codeHeader);
    if (newCode !== null) {
      kept = newCode;
      options.keepCode?.(newCode);
    }
    const given = answer.headers.get(header) ?? (await inBody(answer, options));
    if (given !== undefined) keepToken(given || null);
    return answer;
  };
}

async function inBody(answer: Response, options: BearerOptions): Promise<string | undefined> {
  const isJson = /\bjson\b/.test(answer.headers.get("Content-Type") ?? "");
  if (options.tokenIn === undefined || !isJson) return undefined;
  return options.tokenIn(Object(await answer.clone().json()));
}
