/** The network guard for any runner: every test that leaves loopback fails, whatever it swallows. */
import { guardNetwork, type NetworkGuard, type NetworkGuardOptions } from "./network-guard.ts";

/**
 * Puts the guard up. Give it the runner's `afterEach`: Vitest's, Jest's, Mocha's and node:test's all do.
 * @param options hosts that may be contacted besides loopback: `{ allow: ["postgres"] }`
 * @returns the guard, to take down or to ask
 */
export function guardSuite(
  afterEach: (hook: () => void) => unknown,
  options: NetworkGuardOptions = {},
): NetworkGuard {
  if (typeof afterEach !== "function")
    throw new TypeError("guardSuite needs your runner's afterEach: guardSuite(afterEach).");
  const guard = guardNetwork(options);
  afterEach(() => {
    const attempts = guard.takeAttempts();
    if (attempts.length > 0) throw new Error(`This test tried to contact ${attempts.join(", ")}`);
  });
  return guard;
}
