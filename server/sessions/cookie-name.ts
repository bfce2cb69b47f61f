/** Names our cookies, apart from the host's. `__Host-` binds a cookie to this host, path / and https. */
export function cookieName(secure: boolean, name: string): string {
  return secure ? `__Host-${name}` : name;
}
