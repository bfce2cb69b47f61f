/** The name of a session cookie and what signs it: both belong to one brand. */

interface CookieKey {
  readonly secret: string | readonly string[];
  readonly cookieName?: string;
}

/** Names our cookies, apart from the host's. `__Host-` binds a cookie to this host, path / and https. */
export function cookieName(secure: boolean, name: string): string {
  return secure ? `__Host-${name}` : name;
}

/**
 * @returns what signs the cookie: the first signs, all verify
 * @throws TypeError that says what to write
 */
export function readSecrets({ secret, cookieName: own }: CookieKey): string[] {
  const secrets = [secret].flat();
  // An environment variable that is not set passes the compiler with a cast.
  if (secrets.length === 0 || !secrets.every((one) => typeof one === "string" && one.length >= 32))
    throw new TypeError(
      "createCookieSessions: `secret` must be at least 32 characters, or a list of such: make one with `openssl rand -base64 32`.",
    );
  if (own === undefined) return secrets;
  if (typeof own !== "string" || !/^(?!__)[\w-]{1,64}$/.test(own))
    throw new TypeError(
      "createCookieSessions: `cookieName` must be 1 to 64 letters, digits, - and _, and not begin with __: `__Host-` is put before it.",
    );
  // Brands may share a store and a secret: the signature of one is wrong for another.
  return secrets.map((one) => `${one} ${own}`);
}
