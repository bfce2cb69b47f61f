/**
 * needs:    nothing; where a browser has no BroadcastChannel, tabs find out at their next request.
 * does:     tells the other tabs of this site that somebody signed in or out.
 * must not: say who: the other tab asks the server.
 */
export interface SessionChannel {
  notify(): void;
}

export function createSessionChannel(onChange: () => void, signal: AbortSignal): SessionChannel {
  if (typeof BroadcastChannel !== "function") return { notify() {} };
  const channel = new BroadcastChannel("passkeys.session");
  channel.addEventListener("message", onChange, { signal });
  signal.addEventListener("abort", () => channel.close(), { once: true });
  return { notify: () => channel.postMessage("changed") };
}
