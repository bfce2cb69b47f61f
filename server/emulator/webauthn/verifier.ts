/**
 * The library that verifies ceremonies, loaded after the emulator has started: it costs more to load than the rest of the
 * emulator, and suites that only read codes never need it.
 */
type Verifier = typeof import("@simplewebauthn/server") & typeof import("@simplewebauthn/server/helpers");

let loading: Promise<Verifier> | undefined;

/** Loads it once in a process. */
export function loadVerifier(): Promise<Verifier> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Verifier> {
  const [server, helpers] = await Promise.all([
    import("@simplewebauthn/server"),
    import("@simplewebauthn/server/helpers"),
  ]);
  return { ...server, ...helpers };
}
