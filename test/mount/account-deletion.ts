/** A route that deletes an account, as FITTING-IN.md shows it. */
import type { RequestHandler } from "express";
import type { PasskeysOptions } from "../../server/index.ts";

interface Parts {
  readonly sessions: PasskeysOptions["sessions"];
  readonly apiUrl: string;
  readonly apiSecretKey: string;
  readonly deleteUser: (userId: string) => Promise<void>;
}

export function deleteAccount({ sessions, apiUrl, apiSecretKey, deleteUser }: Parts): RequestHandler {
  return async (req, res) => {
    const session = await sessions.current(req);
    if (session === null) return void res.sendStatus(401);
    // First at Authsignal: if that fails, the person still has an account and can try again.
    const answer = await fetch(`${apiUrl}/users/${encodeURIComponent(session.userId)}`, {
      method: "DELETE",
      headers: { Authorization: `Basic ${btoa(`${apiSecretKey}:`)}` },
    });
    if (!answer.ok && answer.status !== 404) throw new Error(`Authsignal answered ${answer.status}.`);
    await deleteUser(session.userId);
    await sessions.end(req, res);
    res.sendStatus(204);
  };
}
