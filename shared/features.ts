/**
 * The parts of the API that a host may leave out, with their operations: those are 404 where the part is not there.
 * `GET /config` names the parts that are there.
 */
import type { OperationName } from "./routes.ts";

export const features = {
  emailCodes: ["challengeOtp", "verifyOtp"],
  sessionList: ["listSessions", "endSession", "endOtherSessions"],
  recovery: ["beginRecovery", "cancelRecovery"],
  emailChange: ["beginEmailChange", "finishEmailChange"],
  accountDeletion: ["deleteAccount"],
  activity: ["listActivity"],
  ceremonyReports: ["reportCeremony"],
  notices: ["reportNotMe"],
} as const satisfies Record<string, readonly OperationName[]>;

export type Feature = keyof typeof features;
