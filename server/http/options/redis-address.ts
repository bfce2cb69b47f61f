/**
 * Reads the address of a Redis: one server (`redis://host:6379/0`), a group behind Sentinel
 * (`redis-sentinel://host,host:26380/0?master=mymaster`) or a Cluster (`redis-cluster://host,host:7001`); with TLS
 * `rediss…`.
 */

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** Of a group, the nodes that are asked for the others. */
interface Group {
  readonly nodes: readonly RedisNode[];
  readonly tls: boolean;
  readonly login: Login;
}

export type RedisAddress =
  | { readonly kind: "server"; readonly url: string }
  | (Group & {
      readonly kind: "sentinel";
      /** The name of the group in Sentinel's configuration. */
      readonly master: string;
      readonly database: number;
      /** For Sentinel itself: `sentinelUsername` and `sentinelPassword` of the query. */
      readonly sentinelLogin: Login;
    })
  | (Group & { readonly kind: "cluster" });

const shape = /^redis(s?)-(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(\/[^?#]*)?(\?[^#]*)?$/;
const defaultPorts = { sentinel: 26379, cluster: 6379 } as const;

/** @returns what is wrong, as the end of a sentence that begins with the option's name, where it cannot be used */
export function readRedisAddress(text: string): RedisAddress | { readonly fault: string } {
  if (/^rediss?:/.test(text)) return read(text) === null ? notAnAddress : { kind: "server", url: text };
  const [, s, kind, login = "", hosts = "", path = "/", query = ""] = shape.exec(text) ?? [];
  if (kind !== "sentinel" && kind !== "cluster") return notAnAddress;
  const nodes: RedisNode[] = [];
  for (const host of hosts.split(",")) {
    const node = read(`redis://${host}`);
    if (node === null || node.hostname === "" || node.port === "0") return notAnAddress;
    nodes.push({
      host: node.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: node.port === "" ? defaultPorts[kind] : Number(node.port),
    });
  }
  const rest = read(`redis://${login === "" ? "" : `${login}@`}host${path}${query}`);
  if (rest === null) return notAnAddress;
  const group = { nodes, tls: s === "s", login: loginOf(rest.username, rest.password) };
  return kind === "cluster" ? clusterOf(group, rest) : sentinelOf(group, rest);
}

const notAnAddress = {
  fault:
    "must be an address such as redis://host:6379, redis-sentinel://host,host/0?master=mymaster or redis-cluster://host,host",
};

function clusterOf(group: Group, { pathname, search }: URL): RedisAddress | { readonly fault: string } {
  if (pathname.length > 1)
    return { fault: "names a database, and a Redis Cluster has only one: leave it out" };
  return search === ""
    ? { kind: "cluster", ...group }
    : { fault: "has a query, which a Redis Cluster does not take" };
}

function sentinelOf(
  group: Group,
  { pathname, searchParams }: URL,
): RedisAddress | { readonly fault: string } {
  const known = ["master", "sentinelUsername", "sentinelPassword"];
  const unknown = [...searchParams.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined)
    return { fault: `has "${unknown}" in its query, which takes only ${known.join(", ")}` };
  const master = searchParams.get("master") ?? "";
  if (master === "") return { fault: "needs ?master=…, the name of the group in Sentinel's configuration" };
  if (!/^\/\d*$/.test(pathname)) return { fault: "must have a number as its database, such as /0" };
  return {
    kind: "sentinel",
    ...group,
    master,
    database: Number(pathname.slice(1)),
    sentinelLogin: loginOf(
      searchParams.get("sentinelUsername") ?? "",
      searchParams.get("sentinelPassword") ?? "",
    ),
  };
}

function loginOf(username: string, password: string): Login {
  return {
    ...(username !== "" && { username: decoded(username) }),
    ...(password !== "" && { password: decoded(password) }),
  };
}

function read(text: string): URL | null {
  try {
    return new URL(text);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** A percent sign that begins no code stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
