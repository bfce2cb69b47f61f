/** `GET /challenges`, and POST (protocol 4.6): the newest challenge that matches; `{}` for none (*inferred*). */
import { addressKey, smsChannelOf } from "../../../domain/codes.ts";
import { toUnixSeconds } from "../../../tenant/clock.ts";
import type { Challenge } from "../../../tenant/records.ts";
import { challengedUser } from "../../../tenant/state.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";

export function getChallenge({ tenant, query, body }: Call): Json {
  const wanted = (name: string): string | undefined => {
    const value = query.get(name) ?? body[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const challengeId = wanted("challengeId");
  const userId = wanted("userId");
  const candidates =
    challengeId !== undefined
      ? [tenant.state.challenges.get(challengeId)]
      : userId !== undefined
        ? // A code that was sent again is newer than its record.
          tenant.state.challenges
            .where("userId", userId)
            .reverse()
            .sort((left, right) => right.createdAt - left.createdAt)
        : [];
  const matches = (challenge: Challenge | undefined): challenge is Challenge =>
    challenge !== undefined &&
    challenge.expiresAt > tenant.clock.now() &&
    (userId === undefined || challengedUser(challenge) === userId) &&
    (wanted("action") ?? challenge.actionCode) === challenge.actionCode &&
    (wanted("verificationMethod") ?? challenge.verificationMethod) === challenge.verificationMethod;

  const challenge = candidates.find(matches);
  if (challenge === undefined) return {};
  const { actionCode, expiresAt } = challenge;
  return {
    challengeId: challenge.challengeId,
    expiresAt: toUnixSeconds(expiresAt),
    action: actionCode,
    ...(challenge.kind === "code"
      ? {
          [addressKey(challenge.verificationMethod)]: challenge.address,
          smsChannel: smsChannelOf(challenge),
          verificationMethod: challenge.verifiedAt === undefined ? undefined : challenge.verificationMethod,
        }
      : {}),
  };
}
