/** Tells the other tabs of this site that the session changed. They ask the server who is signed in. */
export interface SessionChannel {
  notify(): void;
}

/** Without BroadcastChannel, a tab notices the change at its next request. */
export function createSessionChannel(onChange: () => void, signal: AbortSignal): SessionChannel {
  if (typeof BroadcastChannel !== "function" || signal.aborted) return { notify() {} };
  const channel = new BroadcastChannel("passkeys.session");
  channel.addEventListener("message", onChange, { signal });
  signal.addEventListener("abort", () => channel.close(), { once: true });
  return { notify: () => channel.postMessage("changed") };
}
