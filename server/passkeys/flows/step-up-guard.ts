/** Guards a host's own routes: a passkey, just now, for exactly this operation, once. */
import type { Request, RequestHandler } from "express";
import { AppError } from "../../http/errors.ts";
import { type Names, refuseUnknown } from "../../http/options/known-options.ts";
import { toPortError } from "../../http/outages.ts";
import { workInTime } from "../../http/request-deadline.ts";
import { withinRequest } from "../ports/occasion.ts";
import type { PasskeysContext } from "../ports/options.ts";
import { stepUpRequired } from "./freshness.ts";
import { createUserLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";
import { type ConfirmedOperation, fingerprint } from "./step-up.ts";

export type RequireStepUp = (
  action: string,
  /** What the request is about to do. It must equal the `operation` that the step-up was begun with. */
  operationOf?: (req: Request) => ConfirmedOperation,
  options?: GuardOptions,
) => RequestHandler;

export interface GuardOptions {
  /**
   * Guards only users who have a passkey and lets the others through: for a route that had no guard before. It is as
   * strong as the proof that deletes the last passkey (`emailStepUp`, `reauthenticationMethods`). Default false: a user
   * without a passkey is refused with `passkey_required`.
   */
  readonly ifEnrolled?: boolean;
}

const known: Names<GuardOptions> = { ifEnrolled: true };

/**
 * @throws AppError internal_error for what is no operation: with nothing to compare, a bare step-up would open the route
 * for everything
 */
function readOperation(
  req: Request,
  operationOf: (req: Request) => ConfirmedOperation,
  action: string,
): ConfirmedOperation {
  let operation: unknown;
  try {
    operation = operationOf(req);
  } catch (error) {
    // `req.body.amount` of a request without JSON.
    if (error instanceof TypeError && req.body === undefined) throw new AppError("unsupported_media_type");
    throw error;
  }
  if (isOperation(operation)) return operation;
  throw new AppError("internal_error", {
    detail: `requireStepUp("${action}"): \`operationOf\` must return a plain object with at least one member, at once and not as a promise, such as { amount: req.body.amount }.`,
  });
}

/** Members are not checked here: one that is no string, number or boolean matches no grant. */
function isOperation(value: unknown): value is ConfirmedOperation {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

export function createGuard(context: PasskeysContext): RequireStepUp {
  const spendCall = createUserLimit(context, "callsPerUser");
  return (action, operationOf, options = {}) => {
    refuseUnknown("requireStepUp", options, known);
    const { ifEnrolled = false } = options;
    if (!context.stepUpActions.includes(action)) {
      throw new TypeError(`requireStepUp: add "${action}" to the router's \`stepUpActions\`.`);
    }
    if (operationOf !== undefined && typeof operationOf !== "function")
      throw new TypeError("requireStepUp: `operationOf` must be a function of the request, or undefined.");
    const useGrant = async (req: Request): Promise<void> => {
      const { session, user } = await requireSignedIn(context, req);
      const operation = operationOf === undefined ? "" : fingerprint(readOperation(req, operationOf, action));
      const grant = { sessionId: session.id, action, operation };
      if (!(await context.storage.flows.takeGrant(grant, context.now()))) {
        await spendCall(session);
        const problem = await stepUpRequired(context, req, { session, action });
        if (!ifEnrolled || problem.code !== "passkey_required") throw problem;
        context.onEvent({ event: "step_up.skipped", requestId: req.id, userId: user.id, action });
        return;
      }
      context.onEvent({ event: "step_up.used", requestId: req.id, userId: user.id, action });
    };
    // The promise is not returned: Express 4 would ignore its rejection, and the request would hang.
    return (req, _res, next) => {
      withinRequest(req, () => workInTime(context.requestTimeoutMs, () => useGrant(req))).then(
        () => next(),
        (error: unknown) => next(toPortError(error)),
      );
    };
  };
}
