import { expect, test } from "vitest";
import { startLab } from "../lab.ts";

test("the app is ready while it can reach its storage, and says 503 when it cannot", async () => {
  const lab = await startLab();
  const agent = lab.agent();
  await agent.get("/healthz").expect(200, { status: "ok" });
  await agent.get("/readyz").expect(200, { status: "ready" });
  await lab.storage.close();
  const { body } = await agent.get("/readyz").expect(503);
  expect(body.code).toBe("upstream_unavailable");
  await agent.get("/healthz").expect(200);
  await lab.close().catch(() => {});
});
