/** Matches a method and a path to a route. By hand: each segment is compared raw and decoded once. */
import { invalidRequest } from "../wire/wire-error.ts";

/** A method and a path pattern such as `/users/{userId}`; each braced segment matches exactly one segment. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

export interface Match<T> {
  readonly route: T;
  readonly params: Readonly<Record<string, string>>;
}

export interface Routes<T> {
  find(method: string, path: string): Match<T> | undefined;
  /** The methods of a path, for preflights. */
  methods(path: string): string[];
}

/**
 * Compares raw path segments and decodes each parameter once: an encoded slash stays inside its segment, and `..` is an
 * unknown name. A trailing slash is an empty segment and matches nothing.
 */
export function createRoutes<T extends Route>(routes: readonly T[]): Routes<T> {
  const bySize = new Map<string, { readonly route: T; readonly segments: readonly string[] }[]>();
  for (const route of routes) {
    const segments = route.path.split("/");
    const key = `${route.method} ${segments.length}`;
    const bucket = bySize.get(key) ?? [];
    bySize.set(key, bucket);
    bucket.push({ route, segments });
  }
  // Literal segments first: "/users/authenticators" is not the user "authenticators".
  for (const bucket of bySize.values())
    bucket.sort((left, right) => braces(left.segments) - braces(right.segments));

  const find = (method: string, path: string): Match<T> | undefined => {
    const actual = path.split("/");
    for (const { route, segments } of bySize.get(`${method} ${actual.length}`) ?? []) {
      // A trailing slash and an empty id leave an empty segment.
      if (
        segments.every((segment, at) => (isParameter(segment) ? actual[at] !== "" : segment === actual[at]))
      ) {
        return { route, params: paramsOf(segments, actual) };
      }
    }
    return undefined;
  };
  const known = [...new Set(routes.map((route) => route.method))];
  return { find, methods: (path) => known.filter((method) => find(method, path) !== undefined) };
}

function paramsOf(segments: readonly string[], actual: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [at, segment] of segments.entries()) {
    if (isParameter(segment)) params[segment.slice(1, -1)] = decodeSegment(actual[at] ?? "");
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) throw invalidRequest("The path is not valid percent-encoding.");
    throw error;
  }
}

const isParameter = (segment: string) => segment.startsWith("{");
const braces = (segments: readonly string[]) => segments.filter(isParameter).length;
