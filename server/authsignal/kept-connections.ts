/**
 * The connections to Authsignal. Node's own agents drop one that was idle for five seconds, so that in a quiet hour every
 * call would wait for TCP and TLS first. TCP's probes keep the way through a firewall open.
 */
import dns from "node:dns";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { LookupFunction } from "node:net";

export interface KeptConnections {
  /** As axios takes them. */
  readonly agents: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpsAgent };
  /** Whether a new connection waits for DNS. */
  readonly isLookingUp: () => boolean;
}

export function keepConnections(): KeptConnections {
  let lookups = 0;
  const lookup: LookupFunction = (hostname, options, done) => {
    lookups += 1;
    dns.lookup(hostname, options, (...found) => {
      lookups -= 1;
      done(...found);
    });
  };
  const options = {
    keepAlive: true,
    keepAliveMsecs: 30_000,
    timeout: 5 * 60_000,
    maxFreeSockets: 16,
    lookup,
  };
  return {
    agents: { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) },
    isLookingUp: () => lookups > 0,
  };
}
