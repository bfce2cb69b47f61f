/** What pages report of ceremonies and offers, so that a team can measure adoption. It says nothing of the person. */
import { CeremonyReport } from "../../../../shared/contract.ts";
import { networkKey } from "../../../http/network-address.ts";
import { type Operation, operation } from "../../../http/operation.ts";
import type { PasskeysContext } from "../../ports/options.ts";
import { refuseFor } from "../rate-limits.ts";

/** @param onReport the host's: what it throws is a warning of the process, and the page is answered all the same */
export function reportCeremony(
  { storage, limits, ipv6Prefix }: PasskeysContext,
  onReport: (report: CeremonyReport) => unknown,
): Operation {
  const perIp = storage.limiter({ name: "reportsPerIp", ...limits.reportsPerIp });
  return operation({
    body: CeremonyReport,
    async handle({ req, body }) {
      refuseFor(await perIp.spend(networkKey(req, ipv6Prefix)));
      // In an async function, so that a throw and a rejection are one.
      (async () => onReport(body))().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : typeof error;
        process.emitWarning(`\`onReport\` failed: ${reason}`, { type: "PasskeysWarning" });
      });
      return { status: 204 };
    },
  });
}
