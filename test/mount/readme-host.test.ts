import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import { expect, test } from "vitest";
import { createErrorHandler } from "../../server/index.ts";
import { startEmulatorFor } from "../kit/emulator-for.ts";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import { mountAsInReadme } from "./readme-host.ts";

test("The app of README.md signs a person in, and asks for a passkey before a transfer", async () => {
  const origin = "https://app.example.com";
  const kit = await startEmulatorFor({ prefix: "/auth", origin, tenant: { rpId: "example.com" } });
  const folder = mkdtempSync(join(tmpdir(), "readme-"));
  const before = process.cwd();
  const app = express();
  process.chdir(folder);
  const close = await mountAsInReadme({
    app,
    tenant: kit.authsignal,
    browser: { ...kit.browser, rpId: "example.com" },
    secret: "only the tests of this host know it",
    // The cookie jar of these tests speaks http.
    secure: false,
    now: kit.now,
    transfer: (_req, res) => void res.status(201).json({ done: true }),
  }).finally(() => process.chdir(before));
  app.use(createErrorHandler({ error: () => {} }));
  try {
    const agent = kit.agent(app);
    const authenticator = createSoftAuthenticator();
    await kit.signInWithOtp(agent);
    expect((await agent.post("/transfers").expect(403)).body.code).toBe("passkey_required");
    await kit.enrollPasskey(agent, authenticator);
    expect((await agent.post("/transfers").expect(403)).body.code).toBe("step_up_required");
    await kit.stepUp(agent, authenticator, { action: "transfer-funds" });
    await agent.post("/transfers").expect(201);
  } finally {
    await close();
    await kit.close();
    rmSync(folder, { recursive: true });
  }
});
