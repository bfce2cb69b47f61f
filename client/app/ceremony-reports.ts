/**
 * Tells our server how ceremonies and offers went, in fixed words, so that a team can measure adoption: nothing says whose
 * it is. Never awaited, silent when it fails. A page turns it off with `<meta name="ceremony-reports" content="off">`;
 * a server that does not say whether it has the route is asked once.
 */
import type { CeremonyReport } from "../../shared/contract.ts";
import { createAccountApi } from "../http/account-api.ts";
import { type Api, ApiError } from "../http/api.ts";
import { askOffers } from "../http/features.ts";
import type { CeremonyOutcome, FailureKind } from "../passkeys/ceremony-outcome.ts";

type ReportedError = NonNullable<CeremonyReport["error"]>;

const withoutRoute = new WeakSet<Api>();
const reportedOnce = new WeakMap<Api, Set<string>>();
/** Milliseconds: the longest that the contract takes. */
const longest = 3_600_000;

export function reportCeremony(api: Api, report: CeremonyReport): void {
  if (withoutRoute.has(api) || isTurnedOff()) return;
  void send(api, report);
}

async function send(api: Api, report: CeremonyReport): Promise<void> {
  const offers = await askOffers(api);
  if (!offers("ceremonyReports")) return;
  await createAccountApi(api)
    .reportCeremony(report)
    .catch((error: unknown) => {
      // A server that does not say what it has.
      if (error instanceof ApiError && error.code === "not_found") withoutRoute.add(api);
    });
}

/** For views that are shown again, for example in another language. @param key names what is reported, on this page */
export function reportOnce(api: Api, key: string, report: CeremonyReport): void {
  const keys = reportedOnce.get(api) ?? new Set();
  reportedOnce.set(api, keys);
  if (keys.has(key)) return;
  keys.add(key);
  reportCeremony(api, report);
}

/** @param beganAt by `performance.now()` */
export function reportOutcome(
  api: Api,
  flow: CeremonyReport["flow"],
  { kind }: Pick<CeremonyOutcome, "kind">,
  beganAt: number,
): void {
  const milliseconds = Math.min(Math.round(performance.now() - beganAt), longest);
  const error = kind === "succeeded" ? null : errors[kind];
  if (kind === "succeeded") reportCeremony(api, { flow, outcome: kind, milliseconds });
  else if (error !== null) reportCeremony(api, { flow, outcome: "failed", error, milliseconds });
}

/** Of what our server refused, or what did not reach it. Nothing is said of a refusal that asks for a confirmation first. */
export function reportRefusal(api: Api, flow: CeremonyReport["flow"], cause: unknown): void {
  const error = errorOf(cause);
  if (error !== null) reportCeremony(api, { flow, outcome: "failed", error });
}

function errorOf(cause: unknown): ReportedError | null {
  if (!(cause instanceof ApiError)) return "other";
  if (cause.problem?.stepUp !== undefined) return null;
  if (cause.code === "unreachable" || cause.code === "upstream_unavailable") return "network";
  return cause.code === "rate_limited" ? "other" : "refused";
}

const errors: Readonly<Record<FailureKind, ReportedError | null>> = {
  cancelled: "cancelled",
  aborted: "aborted",
  alreadyRegistered: "already-registered",
  misconfigured: "other",
  unsupported: "not-supported",
  busy: "other",
  authenticatorFailed: "other",
  expired: "timeout",
  unknownCredential: "unknown-credential",
  refused: "refused",
  rateLimited: "other",
  unreachable: "network",
  ignored: null,
};

function isTurnedOff(): boolean {
  return document.querySelector('meta[name="ceremony-reports"][content="off"]') !== null;
}
