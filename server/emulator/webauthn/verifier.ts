/**
 * The library that verifies ceremonies, loaded with the first request of the API: it costs more to load than the rest of
 * the emulator.
 */
type Verifier = typeof import("./verifier-library.ts");

let loading: Promise<Verifier> | undefined;

/** Loads it once in a process. */
export function loadVerifier(): Promise<Verifier> {
  loading ??= import("./verifier-library.ts");
  return loading;
}

/** Waits until it is there, if it is being loaded. */
export async function verifierLoaded(): Promise<void> {
  await loading;
}
