import express from "express";
import request from "supertest";
import { describe, expect, test } from "vitest";
import { createErrorHandler, notFound } from "../../../server/http/error-handler.ts";
import { AppError } from "../../../server/http/errors.ts";
import { createProblemPages } from "../../../server/http/problem-pages/problem-pages.ts";
import { problemCodes } from "../../../shared/problem.ts";
import { startStack } from "../../kit/start-stack.ts";

describe("the pages of problems", () => {
  test.each(problemCodes)("The `type` of %s leads to a page with its cause and remedy", async (code) => {
    const app = express();
    app.use(createProblemPages());
    app.get("/fails", () => {
      throw new AppError(code);
    });
    app.use(createErrorHandler({ error: () => {} }));
    const failed = await request(app).get("/fails");
    expect(failed.body.code).toBe(code);
    const page = await request(app)
      .get(failed.body.type)
      .expect(200)
      .expect("Content-Type", /^text\/plain/);
    expect(page.text).toMatch(
      new RegExp(`^${code} \\(${failed.status}\\)\\n\\n.+\\n\\nCause: .+\\n\\nWhat to do: .+\\n$`),
    );
  });

  test("The pages of problems leave every other request to the host", async () => {
    const app = express();
    app.use(createProblemPages(), notFound, createErrorHandler({ error: () => {} }));
    for (const path of [
      "/problems",
      "/problems/",
      "/problems/unknown",
      "/problems/toString",
      "/a/problems/not_found",
    ])
      await request(app).get(path).expect(404);
    await request(app).post("/problems/not_found").expect(404);
  });
});

test("A problem of this repository's app leads to its page", async () => {
  const stack = await startStack();
  try {
    const refused = await stack.agent().get("/api/passkeys").expect(401);
    const page = await stack.agent().get(refused.body.type).expect(200);
    expect(page.text).toMatch(/^not_authenticated \(401\)/);
  } finally {
    await stack.close();
  }
});
