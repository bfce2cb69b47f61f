/** Remembers which passkeys were used or created on this device, so that the account can mark them. */
import { forget, recall, remember } from "../dom/local-storage.ts";

const name = "credentials";
/** As many as one account may have. */
const most = 10;

/** @param credentialId as the browser reported it; undefined where it did not */
export function rememberPasskeyHere(credentialId: string | undefined): void {
  if (credentialId === undefined) return;
  const others = passkeysHere().filter((id) => id !== credentialId);
  remember(name, [credentialId, ...others].slice(0, most).join(" "));
}

export function passkeysHere(): readonly string[] {
  return (recall(name) ?? "").split(" ").filter((id) => id !== "");
}

export function forgetPasskeysHere(): void {
  forget(name);
}
