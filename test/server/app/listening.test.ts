/** The app's server behind a balancer. */
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { boundConnections } from "../../../server/app/listening.ts";

test("The app keeps an idle connection for longer than a balancer, and bounds the time of a request to arrive", () => {
  const server = createServer();
  boundConnections(server);
  const balancerKeepsMs = 60_000;
  expect(server.keepAliveTimeout).toBeGreaterThan(balancerKeepsMs);
  expect(server.requestTimeout).toBeLessThanOrEqual(30_000);
  expect(server.headersTimeout).toBeLessThanOrEqual(server.requestTimeout);
});
