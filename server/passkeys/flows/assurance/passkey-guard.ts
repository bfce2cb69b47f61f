/** Guards a host's own routes from sessions that a code alone has begun. */
import type { Request, RequestHandler } from "express";
import { toPortError } from "../../../http/outages.ts";
import { workInTime } from "../../../http/request-deadline.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { createUserLimit } from "../rate-limits.ts";
import { requireSignedIn } from "../signed-in.ts";
import { requireFull, standingOf } from "./standing.ts";

export type RequirePasskey = () => RequestHandler;

export function passkeyGuard(context: PasskeysContext): RequirePasskey {
  if (context.recoveries === null)
    throw new TypeError(
      'createPasskeyGuard: without `afterCode: "limited"` no session is limited, and the guard would let everyone pass. Set the option, or guard the route with createStepUpGuard.',
    );
  const spendCall = createUserLimit(context, "callsPerUser");

  async function check(req: Request): Promise<void> {
    const { session } = await requireSignedIn(context, req);
    if (!(await standingOf(context, req, session)).isLimited) return;
    // Authsignal is asked about limited sessions alone.
    await spendCall(session);
    await requireFull(context, req, session);
  }

  // The promise is not returned: Express 4 would ignore its rejection, and the request would hang.
  return () => (req, _res, next) => {
    workInTime(context.requestTimeoutMs, () => check(req)).then(
      () => next(),
      (error: unknown) => next(toPortError(error)),
    );
  };
}
