/** Explains a fault of the connection: the SDK's HTTP client sends its requests through the proxy that these variables name. */

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @param url where the request goes. @param env default: the process's
 * @returns a sentence that begins with a space and names the variable, or "" without one. Not its value, which may contain
 * a password
 */
// biome-ignore lint/style/noProcessEnv: the HTTP client reads them there too, at each request.
export function proxyHint(url: string, env: Environment = process.env): string {
  const scheme = new URL(url).protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  // In the order in which the HTTP client looks for them.
  const names = [scheme.toLowerCase(), scheme, "all_proxy", "ALL_PROXY"];
  const name = names.find((one) => env[one] !== undefined && env[one] !== "");
  if (name === undefined || (env.no_proxy ?? env.NO_PROXY) === "*") return "";
  return ` ${name} is set: requests go through that proxy unless NO_PROXY names the host.`;
}
