/** Prepares a passkey flow as soon as its view opens, so that the click only prompts. */
import { once } from "../http/once.ts";
import type { Ceremonies } from "../passkeys/ceremony.ts";
import type { AppContext } from "./app-context.ts";
import type { PasskeySignIn } from "./passkey-sign-in.ts";

export interface PreparedFlow<Flow> extends Pick<PasskeySignIn, "reported"> {
  readonly flow: Flow;
}

/** Begins now. If that fails, each call of the returned function tries again and rejects with the reason. */
export function prepareFlow<Flow extends { stop(): void }>(
  passkeys: AppContext["passkeys"],
  create: (ceremonies: Ceremonies) => Flow,
  signal: AbortSignal,
): () => Promise<PreparedFlow<Flow>> {
  const prepared = once(async () => {
    const { ceremonies, reported } = await passkeys();
    const flow = create(ceremonies);
    if (signal.aborted) flow.stop();
    signal.addEventListener("abort", flow.stop, { once: true });
    return { flow, reported };
  });
  prepared().catch(() => {});
  return prepared;
}

/** Without the passkey code there is no ceremony to cancel. */
export function cancelCeremony(passkeys: AppContext["passkeys"]): void {
  void passkeys().then(
    ({ ceremonies }) => ceremonies.cancel(),
    () => {},
  );
}
