/** The signed-in user's sessions: list, end one, end the others. Another's id and an unknown one look alike. */
import type { SessionsResponse } from "../../../shared/contract.ts";
import { AppError } from "../../http/errors.ts";
import type { Operation } from "../../http/operation.ts";
import type { PasskeysContext } from "../ports/options.ts";
import type { SessionList } from "../ports/session-list.ts";
import { requireFresh } from "./freshness.ts";
import { createUserLimit } from "./rate-limits.ts";
import { requireSignedIn } from "./signed-in.ts";

export function sessionOperations(
  context: PasskeysContext,
  sessionList: SessionList,
): { listSessions: Operation; endSession: Operation; endOtherSessions: Operation } {
  const spendCall = createUserLimit(context, "callsPerUser");

  const listSessions: Operation = {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      const found = (await sessionList.list(user.id)).map(
        ({ id, browser, system, place, method, startedAt, lastSeenAt }) => ({
          id,
          current: id === session.id,
          browser,
          system,
          place,
          method,
          startedAt: startedAt.toISOString(),
          lastSeenAt: lastSeenAt.toISOString(),
        }),
      );
      const answer: SessionsResponse = found.toSorted(
        (a, b) => Number(b.current) - Number(a.current) || (a.lastSeenAt < b.lastSeenAt ? 1 : -1),
      );
      return { status: 200, body: answer };
    },
  };

  const endSession: Operation = {
    async handle({ req, res }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      const common = { requestId: req.id, userId: user.id };
      if (req.params.id === session.id) {
        await context.sessions.end(req, res);
        context.onEvent({ event: "sign_out", ...common });
        return { status: 204 };
      }
      // Otherwise a stolen session could end those of its owner.
      await requireFresh(context, req, session);
      const id = String(req.params.id);
      // PostgreSQL takes no text with the character 0.
      if (!/^[\x21-\x7e]{1,256}$/.test(id) || !(await sessionList.end(user.id, id)))
        throw new AppError("session_not_found");
      context.onEvent({ event: "sessions.ended", ...common, by: "user", count: 1 });
      return { status: 204 };
    },
  };

  const endOtherSessions: Operation = {
    async handle({ req }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      await requireFresh(context, req, session);
      const count = await sessionList.endAll(user.id, session.id);
      context.onEvent({ event: "sessions.ended", requestId: req.id, userId: user.id, by: "user", count });
      return { status: 204 };
    },
  };

  return { listSessions, endSession, endOtherSessions };
}
