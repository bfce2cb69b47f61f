/**
 * The library that verifies ceremonies, loaded with the first request of the API: it costs more to load than the rest of
 * the emulator.
 */
type Verifier = typeof import("@simplewebauthn/server") & typeof import("@simplewebauthn/server/helpers");

let loading: Promise<Verifier> | undefined;

/** Loads it once in a process. */
export function loadVerifier(): Promise<Verifier> {
  loading ??= load();
  return loading;
}

/** Waits until it is there, if it is being loaded. */
export async function verifierLoaded(): Promise<void> {
  await loading;
}

async function load(): Promise<Verifier> {
  // One after the other: Jest's loader of ES modules hangs on two imports at once that share a module.
  const server = await import("@simplewebauthn/server");
  const helpers = await import("@simplewebauthn/server/helpers");
  return { ...server, ...helpers };
}
