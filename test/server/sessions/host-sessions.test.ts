import express from "express";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { createErrorHandler } from "../../../server/http/error-handler.ts";
import type { PasskeysOptions } from "../../../server/passkeys/index.ts";
import type { SessionPort } from "../../../server/passkeys/ports/sessions.ts";
import { createBearerSessions } from "../../../server/sessions/bearer-sessions.ts";
import { actions } from "../../../shared/actions.ts";
import { api } from "../../kit/flows.ts";
import { createSoftAuthenticator } from "../../kit/soft-authenticator.ts";
import { openTestStorage } from "../../kit/test-storage.ts";
import { only } from "../authsignal/authsignal-line.ts";
import { startLab } from "../lab.ts";

describe("bearer sessions", () => {
  test("A bearer session that was ended during a step-up is not renewed, and the answer is 401", async () => {
    const storage = await openTestStorage(() => new Date());
    const sessions: SessionPort = createBearerSessions({ store: storage.sessionStore });
    const app = express();
    app.post("/start", async (req, res) => {
      await sessions.start(req, res, { userId: "somebody", method: "passkey" });
      res.status(204).end();
    });
    app.post("/renew", async (req, res) => {
      await sessions.renew(req, res, { method: "passkey" });
      res.status(204).end();
    });
    app.post("/end", async (req, res) => {
      await sessions.end(req, res);
      res.status(204).end();
    });
    app.use(createErrorHandler({ error: () => {} }));
    try {
      const begun = await request(app).post("/start").expect(204);
      const bearer = `Bearer ${begun.headers["session-token"]}`;
      const renewed = await request(app).post("/renew").set("Authorization", bearer).expect(204);
      await request(app).post("/renew").set("Authorization", bearer).expect(401);
      const next = `Bearer ${renewed.headers["session-token"]}`;
      await request(app).post("/end").set("Authorization", next).expect(204);
      const refused = await request(app).post("/renew").set("Authorization", next).expect(401);
      expect(refused.body.code).toBe("not_authenticated");
      expect(refused.headers).not.toHaveProperty("session-token");
    } finally {
      await storage.close();
    }
  });
});

describe("options that are there and undefined", () => {
  test("Options that are undefined leave the defaults for the cap, freshness and limits", async () => {
    // As a host in plain JavaScript passes on what its own configuration does not have.
    const undefinedOptions = Object.fromEntries(
      ["maxPasskeys", "freshSeconds", "emailStepUp", "stepUpActions", "limits", "onEvent", "now"].map(
        (name) => [name, undefined],
      ),
    ) as Partial<PasskeysOptions>;
    const lab = await startLab({ host: { options: undefinedOptions } });
    try {
      const { agent } = await lab.person();
      await agent.post(api("createStepUpToken")).send({ action: "unknown" }).expect(400);
      for (let count = 0; count < 10; count += 1) await lab.enrollPasskey(agent, createSoftAuthenticator());
      const refused = await agent.post(api("createEnrollToken")).send({}).expect(409);
      expect(refused.body.code).toBe("passkey_limit_reached");
    } finally {
      await lab.close();
    }
  });
});

test("A request that closes its connection while Authsignal works stores nothing", async () => {
  const lab = await startLab();
  try {
    const { authenticator } = await lab.person("passkey");
    const token = await lab.signInToken(authenticator);
    const reached = new Promise<void>((resolve) => {
      lab.line.fail(only("/validate", () => resolve()));
    });
    const controller = new AbortController();
    const gone = fetch(`${lab.url}${api("validate")}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Origin: lab.origin },
      body: JSON.stringify({ token, action: actions.signInWithPasskey }),
      signal: controller.signal,
    }).catch((error: unknown) => error);
    await reached;
    controller.abort();
    await gone;
    lab.line.fail(null);
    await lab.agent().get("/readyz").expect(200);
    expect(lab.logs().join("")).not.toContain("internal_error");
  } finally {
    await lab.close();
  }
});
