/** The guard and the filter of the NestJS guide, called as Nest calls them. */
import express, { type Express, type Request, type Response } from "express";
import request from "supertest";
import { expect, test } from "vitest";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { AppError } from "../../server/http/errors.ts";
import { PasskeysFilter, StepUpGuard } from "./nest-parts.ts";

/** Runs the guard, the controller and the filter as Nest's router does. */
function nestApp(guard: StepUpGuard): Express {
  const filter = new PasskeysFilter(createErrorHandler({ error: () => {} }));
  const app = express();
  app.delete("/me", async (req, res) => {
    const context = {
      switchToHttp: () => ({
        getRequest: <Type = Request>(): Type => Object(req),
        getResponse: <Type = Response>(): Type => Object(res),
      }),
    };
    try {
      if (await guard.canActivate(context)) res.status(204).end();
    } catch (error) {
      filter.catch(error, context);
    }
  });
  return app;
}

test("The guard for NestJS lets a confirmed request pass", async () => {
  await request(nestApp(new StepUpGuard((_req, _res, next) => next())))
    .delete("/me")
    .expect(204);
});

test("The guard for NestJS refuses with the router's problem, which the filter renders", async () => {
  const refuse = new StepUpGuard((_req, _res, next) => next(new AppError("passkey_required")));
  const refused = await request(nestApp(refuse)).delete("/me").expect(403);
  expect(refused.body.code).toBe("passkey_required");
});
