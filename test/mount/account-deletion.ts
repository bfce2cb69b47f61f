/** A route that deletes an account, as FITTING-IN.md shows it. */
import type { RequestHandler } from "express";
import type { AccountControls, PasskeysOptions } from "../../server/index.ts";

interface Parts {
  readonly sessions: PasskeysOptions["sessions"];
  readonly controls: AccountControls;
  readonly deleteUser: (userId: string) => Promise<void>;
}

export function deleteAccount({ sessions, controls, deleteUser }: Parts): RequestHandler {
  return async (req, res) => {
    const session = await sessions.current(req);
    if (session === null) return void res.sendStatus(401);
    // Before your own row: if it fails, the person still has an account and can try again.
    await controls.forgetUser(session.userId);
    await deleteUser(session.userId);
    await sessions.end(req, res);
    res.sendStatus(204);
  };
}
