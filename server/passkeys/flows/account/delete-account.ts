/** The signed-in user deletes the account: at Authsignal, here, and in the host's table. */
import type { Operation } from "../../../http/operation.ts";
import { unlessOut } from "../../../http/outages.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { requireFresh } from "../freshness.ts";
import { prepareFarewell } from "../oversight/tell.ts";
import { createUserLimit } from "../rate-limits.ts";
import { requireSignedIn } from "../signed-in.ts";
import { forgetTraces } from "./forget-user.ts";

/** @param deleteRow the host's `users.deleteUser` */
export function deleteAccount(
  context: PasskeysContext,
  deleteRow: (userId: string) => Promise<void>,
): Operation {
  const { authsignal, sessions, storage, onEvent } = context;
  const spendCall = createUserLimit(context, "callsPerUser");
  return {
    async handle({ req, res }) {
      const { session, user } = await requireSignedIn(context, req);
      await spendCall(session);
      await requireFresh(context, req, session);
      const tellOfIt = await prepareFarewell(context, { req, user });
      // In the order in which an outage leaves the account there, and this session able to try again.
      await forgetTraces(context, user.id);
      await deleteRow(user.id);
      tellOfIt();
      // A beginning that was under way has made the user there anew.
      await unlessOut(authsignal.removeUser(user.id), undefined);
      await sessions.sessionList?.endAll(user.id);
      await sessions.end(req, res);
      await storage.anonymiseEvents?.(user.id);
      onEvent({ event: "user.forgotten", requestId: req.id });
      return { status: 204 };
    },
  };
}
