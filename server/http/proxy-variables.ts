/**
 * The variables that send HTTP requests through a proxy. axios, which Authsignal's SDK uses, reads them for every request
 * and takes no exception for this machine.
 */

const names = ["http_proxy", "https_proxy", "all_proxy"].flatMap((name) => [name, name.toUpperCase()]);

/** @returns the names of the variables that are set, such as `HTTPS_PROXY` */
export function proxyVariables(): readonly string[] {
  return names.filter((name) => (process.env[name] ?? "") !== "");
}

/**
 * Adds a host to `NO_PROXY`, so that requests to it go through no proxy. Changes nothing when no proxy is set.
 * @param hostname as in a URL: `localhost`, `[::1]`
 */
export function bypassProxy(hostname: string): void {
  if (proxyVariables().length === 0) return;
  // The lower-case name counts first wherever both are read.
  const excepted = process.env.no_proxy || process.env.NO_PROXY || "";
  if (excepted.split(/[,\s]+/).includes(hostname) || excepted === "*") return;
  const value = excepted === "" ? hostname : `${excepted},${hostname}`;
  process.env.no_proxy = value;
  process.env.NO_PROXY = value;
}
