/** The network guard as a Vitest setup file: every test that leaves loopback fails, whatever it swallows. */
import { afterEach } from "vitest";
import { guardNetwork } from "./network-guard.ts";

const guard = guardNetwork();

afterEach(() => {
  const attempts = guard.takeAttempts();
  if (attempts.length > 0) throw new Error(`This test tried to contact ${attempts.join(", ")}`);
});
