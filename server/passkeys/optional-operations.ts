/** The operations that are there only where the host's ports or options make them possible. */
import { type Feature, features } from "../../shared/features.ts";
import { AppError } from "../http/errors.ts";
import type { Operation } from "../http/operation.ts";
import { emailChangeOperations } from "./flows/account/change-email.ts";
import { deleteAccount } from "./flows/account/delete-account.ts";
import { recoveryOperations } from "./flows/assurance/recovery.ts";
import { createOneTimeCodes } from "./flows/codes/one-time-codes.ts";
import { otpSignIn } from "./flows/otp-sign-in.ts";
import { listActivity } from "./flows/oversight/activity.ts";
import { reportCeremony } from "./flows/oversight/ceremony-report.ts";
import { reportNotMe } from "./flows/oversight/not-me.ts";
import { sessionOperations } from "./flows/sessions-list.ts";
import { noNotices } from "./ports/notices.ts";
import type { PasskeysContext } from "./ports/options.ts";

type OptionalName = (typeof features)[Feature][number];

export interface OptionalOperations {
  /** Those that are there. */
  readonly parts: readonly Feature[];
  /** All of them: what is not there answers 404. */
  readonly operations: Readonly<Record<OptionalName, Operation>>;
}

export function optionalOperations(context: PasskeysContext): OptionalOperations {
  const there = possibleOperations(context);
  const parts = (Object.keys(features) as Feature[]).filter((part) => there[part] !== null);
  return { parts, operations: { ...absentOperations, ...Object.assign({}, ...Object.values(there)) } };
}

/** Null: the part is not there. */
function possibleOperations(context: PasskeysContext): {
  readonly [Part in Feature]: Readonly<Record<(typeof features)[Part][number], Operation>> | null;
} {
  const { activity, codes, emailChanges, notices, onReport, recoveries } = context;
  const { sessionList } = context.sessions;
  const { deleteUser } = context.users;
  const oneTimeCodes = createOneTimeCodes(context);
  return {
    emailCodes: codes === null ? null : otpSignIn(context, codes, oneTimeCodes),
    sessionList: sessionList === undefined ? null : sessionOperations(context, sessionList),
    recovery: recoveries === null ? null : recoveryOperations(context, recoveries),
    emailChange: emailChanges === null ? null : emailChangeOperations(context, emailChanges, oneTimeCodes),
    accountDeletion: deleteUser === undefined ? null : { deleteAccount: deleteAccount(context, deleteUser) },
    activity: activity === null ? null : { listActivity: listActivity(context, activity) },
    ceremonyReports: onReport === null ? null : { reportCeremony: reportCeremony(context, onReport) },
    notices: notices === noNotices ? null : { reportNotMe: reportNotMe(context) },
  };
}

/** A 404 in the shape of this API's problems, whatever the host answers to unknown paths. */
const absent: Operation = {
  async handle() {
    throw new AppError("not_found");
  },
};

const absentOperations = Object.fromEntries(
  Object.values(features).flatMap((names) => names.map((name) => [name, absent])),
) as Record<OptionalName, Operation>;
