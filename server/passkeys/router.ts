/** The REST API as one mountable router. It throws typed errors and renders none; see README.md in this folder. */
import express, { type ErrorRequestHandler, Router } from "express";
import { actions } from "../../shared/actions.ts";
import { type ConfigResponse, type SessionResponse, ValidateRequest } from "../../shared/contract.ts";
import type { OperationName } from "../../shared/routes.ts";
import { AppError } from "../errors.ts";
import { beginEnrollment, finishEnrollment } from "./enrollment.ts";
import { mountOperation, type Operation, operation } from "./operation.ts";
import type { PasskeysRouterOptions } from "./options.ts";
import { otpSignIn } from "./otp-sign-in.ts";
import { listPasskeys } from "./passkey-list.ts";
import { finishPasskeySignIn } from "./passkey-sign-in.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { findSignedIn } from "./signed-in.ts";

/** A result token is the largest thing that anyone has to send. */
const bodyLimit = "16kb";

export function createPasskeysRouter(options: PasskeysRouterOptions): Router {
  const router = Router();
  router.use(requireSameOrigin(options.origins));
  router.use((_req, res, next) => {
    res.set("Cache-Control", "no-store");
    next();
  });
  router.use(express.json({ limit: bodyLimit }));
  router.use(convertBodyError);

  for (const [name, definition] of Object.entries(operations(options))) {
    mountOperation(router, name as OperationName, definition);
  }
  return router;
}

function operations(options: PasskeysRouterOptions): Record<OperationName, Operation> {
  return {
    ...otpSignIn(options),
    createEnrollToken: beginEnrollment(options),
    validate: operation({
      body: ValidateRequest,
      handle: (call) =>
        call.body.action === actions.enrollPasskey
          ? finishEnrollment(options, call)
          : finishPasskeySignIn(options, call),
    }),
    getSession: {
      async handle({ req }) {
        const answer: SessionResponse = { user: (await findSignedIn(options, req))?.user ?? null };
        return { status: 200, body: answer };
      },
    },
    deleteSession: {
      async handle({ req, res }) {
        const session = await options.sessions.current(req);
        await options.sessions.end(req, res);
        if (session !== null) {
          options.onEvent?.({ event: "sign_out", requestId: req.id, userId: session.userId });
        }
        return { status: 204 };
      },
    },
    listPasskeys: listPasskeys(options),
    getConfig: {
      async handle() {
        const answer: ConfigResponse = options.browser;
        return { status: 200, body: answer };
      },
    },
  };
}

/** body-parser's errors in our words, so that a host never meets a raw one. */
const convertBodyError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const type = typeof error === "object" && error !== null && "type" in error ? error.type : undefined;
  switch (type) {
    case "entity.too.large":
      return next(new AppError("payload_too_large"));
    case "charset.unsupported":
    case "encoding.unsupported":
      return next(new AppError("unsupported_media_type"));
    case "entity.parse.failed":
    case "entity.verify.failed":
    case "request.aborted":
    case "request.size.invalid":
      return next(new AppError("malformed_json"));
    default:
      return next(error);
  }
};
