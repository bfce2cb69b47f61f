/** For suites that sign in more people than one address may within a quarter of an hour. */
import type { SendLimits } from "./router.ts";

const plenty = { points: 1_000_000, seconds: 60 } as const;

/** For the router's `limits`, in suites that are not about limits. */
export const generousLimits: SendLimits = {
  sendsPerIp: plenty,
  sendsPerPair: plenty,
  strangerSendsPerPair: plenty,
  sendsPerAddress: plenty,
  sendsInAll: plenty,
  withheldInAll: plenty,
  failuresPerPair: plenty,
  failuresPerIp: plenty,
  refusalsPerIp: plenty,
  refusalsPerUser: plenty,
  beginsPerUser: plenty,
  callsPerUser: plenty,
  emailChangesPerUser: plenty,
  reportsPerIp: plenty,
};
