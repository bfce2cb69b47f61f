/** Reads the `scope` of a request: a space-separated list of known scopes. */
import { type Input, optionalText } from "../wire/input.ts";
import { authScopes } from "../wire/wire.ts";
import { invalidRequest } from "../wire/wire-error.ts";

export function readScope(body: Input): string | undefined {
  const scope = optionalText(body, "scope");
  if (scope === undefined) return undefined;
  const scopes = scope.split(" ").filter((one) => one !== "");
  const unknown = scopes.find((one) => !authScopes.some((known) => known === one));
  if (unknown !== undefined) throw invalidRequest(`scope may hold ${authScopes.join(", ")}.`);
  return [...new Set(["read:authenticators", ...scopes])].join(" ");
}
