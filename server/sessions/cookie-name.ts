/** Names our cookies, apart from the host's. `__Host-` binds a cookie to this host, path / and https. */
export function cookieName(secure: boolean, name: "passkeys_session" | "passkeys_browser"): string {
  return secure ? `__Host-${name}` : name;
}
