/** The REST API as one mountable router. It throws typed errors and renders none; see README.md in this folder. */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from "express";
import { actions } from "../../shared/actions.ts";
import { type ConfigResponse, type SessionResponse, ValidateRequest } from "../../shared/contract.ts";
import { type OperationName, routes } from "../../shared/routes.ts";
import { convertBodyError } from "../http/body-errors.ts";
import { AppError } from "../http/errors.ts";
import { mountOperation, type Operation, operation, sendJson } from "../http/operation.ts";
import { toPortError } from "../http/outages.ts";
import { boundRequests } from "../http/request-deadline.ts";
import { requireSameOrigin } from "../http/same-origin.ts";
import { readOptions } from "./check-options.ts";
import { type BegunHere, createBegunHere } from "./flows/assurance/begun-here.ts";
import { recoveryMember } from "./flows/assurance/recovery.ts";
import { standingOf } from "./flows/assurance/standing.ts";
import { beginEnrollment, finishEnrollment } from "./flows/enrollment.ts";
import { deletePasskey, listPasskeys, renamePasskey } from "./flows/passkey-list.ts";
import { answerOffer } from "./flows/passkey-offer.ts";
import { passkeySignIn } from "./flows/passkey-sign-in.ts";
import { createTokenLimit } from "./flows/rate-limits.ts";
import { findSignedIn } from "./flows/signed-in.ts";
import { beginStepUp, finishStepUp } from "./flows/step-up.ts";
import { notMePaths, notMeRoutes } from "./not-me-routes.ts";
import { describeApi } from "./openapi.ts";
import { type OptionalOperations, optionalOperations } from "./optional-operations.ts";
import { tokensMember } from "./ports/answer-tokens.ts";
import { noNotices } from "./ports/notices.ts";
import { withinRequest } from "./ports/occasion.ts";
import type { PasskeysContext, PasskeysOptions, PasskeysOptionsWithoutCodes } from "./ports/options.ts";

/** A result token is the largest thing that anyone has to send. */
const bodyLimit = "16kb";

const descriptionPath = "/openapi.json";

/**
 * The middleware of this router runs for these paths alone. A host may have routes of its own under the same prefix: the
 * router must not read their body, set their headers, limit their time or refuse their callers.
 */
const ownPaths = new Set([...Object.values(routes).map(({ path }) => path), ...notMePaths, descriptionPath]);

const forbidStoring: RequestHandler = (_req, res, next) => {
  res.set("Cache-Control", "no-store");
  next();
};

const rememberRequest: RequestHandler = (req, _res, next) => withinRequest(req, next);

/** @throws TypeError that names the option which cannot work, and what to write instead */
export function createPasskeysRouter(options: PasskeysOptions | PasskeysOptionsWithoutCodes): Router {
  const context = readOptions(options);
  const router = Router();
  const { origins, crossSiteOrigins } = context;
  const inFront = [
    boundRequests(context.requestTimeoutMs),
    requireSameOrigin(origins, { isAmbient: context.sessions.isAmbient, crossSiteOrigins }),
    forbidStoring,
    express.json({ limit: bodyLimit }),
    convertBodyError,
    rememberRequest,
  ];
  for (const path of ownPaths) router.all(path, ...inFront);

  const optional = optionalOperations(context);
  for (const [name, definition] of Object.entries(operations(context, optional))) {
    mountOperation(router, name as OperationName, withTokens(definition));
  }
  // Generated at the first request: few processes are ever asked.
  let description: Record<string, unknown> | undefined;
  router.get(descriptionPath, (req, res) => {
    description ??= describeApi(optional.parts);
    // Where this request found the router: a host may mount it at several paths.
    sendJson(res, { ...description, servers: [{ url: req.baseUrl === "" ? "/" : req.baseUrl }] });
  });
  if (context.notices !== noNotices) router.use(notMeRoutes(context));
  router.use(convertError);
  return router;
}

function operations(
  context: PasskeysContext,
  optional: OptionalOperations,
): Record<OperationName, Operation> {
  const begunHere = createBegunHere(context);
  return {
    ...optional.operations,
    createEnrollToken: beginEnrollment(context),
    createStepUpToken: beginStepUp(context),
    validate: finishCeremony(context, begunHere),
    getSession: {
      async handle({ req, res }) {
        begunHere.note(req, res);
        return { status: 200, body: await describeSession(context, req) };
      },
    },
    deleteSession: {
      async handle({ req, res }) {
        const session = await context.sessions.current(req);
        await context.sessions.end(req, res);
        if (session !== null)
          context.onEvent({ event: "sign_out", requestId: req.id, userId: session.userId });
        return { status: 204 };
      },
    },
    listPasskeys: listPasskeys(context),
    renamePasskey: renamePasskey(context),
    deletePasskey: deletePasskey(context),
    answerPasskeyOffer: answerOffer(context),
    getConfig: {
      async handle({ req, res }) {
        begunHere.note(req, res);
        const answer: ConfigResponse = { ...context.browser, features: [...optional.parts] };
        return { status: 200, body: answer };
      },
    },
  };
}

async function describeSession(context: PasskeysContext, req: Request): Promise<SessionResponse> {
  const signedIn = await findSignedIn(context, req);
  if (signedIn === null) return { user: null };
  const standing = await standingOf(context, req, signedIn.session);
  const limits = standing.isLimited ? ({ assurance: "limited" } as const) : {};
  const { idleSeconds } = context.sessions;
  const idle = idleSeconds === undefined ? {} : { idleSeconds };
  return { user: signedIn.user, ...limits, ...recoveryMember(standing), ...idle };
}

/** Adds what the session port hands over for clients without cookies (`answerWithTokens`). */
function withTokens(definition: Operation): Operation {
  return {
    ...definition,
    async handle(call) {
      const answer = await definition.handle(call);
      const member = tokensMember(call.res);
      if (answer.body === undefined || member.tokens === undefined) return answer;
      return { ...answer, body: { ...Object(answer.body), ...member } };
    },
  };
}

/** The second half of every ceremony. Which one it finishes, the action says; the token must agree. */
function finishCeremony(context: PasskeysContext, begunHere: BegunHere): Operation {
  const limit = createTokenLimit(context);
  const finishSignIn = passkeySignIn(context, limit, begunHere);
  return operation({
    body: ValidateRequest,
    handle(call) {
      switch (call.body.action) {
        case actions.signInWithPasskey:
          return finishSignIn(call);
        case actions.enrollPasskey:
          return finishEnrollment(context, limit, call);
        default:
          return finishStepUp(context, limit, call);
      }
    },
  });
}

/** A path that cannot be decoded, such as `/passkeys/%`, is Express's own error; a lost connection may be a host's. */
const convertError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  next(error instanceof URIError ? new AppError("not_found") : toPortError(error));
};
