/** Starts an emulator in this process: the public face of this folder. */
import { controlOperations } from "./control/control-operations.ts";
import { type ControlPlane, createControlPlane } from "./control/control-plane.ts";
import { createCore } from "./control/core.ts";
import { listen } from "./http/listen.ts";
import { verifierLoaded } from "./webauthn/verifier.ts";
import type { EmulatorOptions } from "./wire/emulator-options.ts";
import { parseUrl } from "./wire/input.ts";
import { emulatorShape } from "./wire/option-shapes.ts";

export type { CompletedChallenge } from "./api/prebuilt/complete-challenge.ts";
export type { CeremonyResult, SignInRequest, SignUpRequest } from "./control/ceremonies/ceremonies.ts";
export type { ControlPlane, EmulatorState } from "./control/control-plane.ts";
export type { Fault } from "./control/faults.ts";
export type { JournalEntry } from "./control/journal.ts";
export type { SentMessage } from "./control/messages.ts";
export type {
  CompletionRequest,
  FaultRule,
  FixedCodeRequest,
  JournalFilter,
  MessageQuery,
  ResetScope,
} from "./control/requests.ts";
export type { Seed, SeedAuthenticator, Seeded, SeedPasskey, SeedUser } from "./control/seed-shape.ts";
export { defineSeed } from "./control/seed-shape.ts";
export type { VirtualPasskey } from "./control/virtual-passkey.ts";
export type {
  AppClientOptions,
  EmulatorOptions,
  OutboundMessage,
  RefusedRequest,
  TenantOptions,
  WebhookOptions,
} from "./wire/emulator-options.ts";
export { defaultTenant } from "./wire/emulator-options.ts";

/** A running emulator. Other processes reach the control plane under `/emulator/`. */
export interface Emulator extends ControlPlane {
  /** "http://localhost:PORT": the page. */
  readonly url: string;
  /** `url` + "/v1": what both SDKs take as their base. */
  readonly apiUrl: string;
  readonly port: number;
  /** Stops listening and leaves no open handle. A second call waits for the first. */
  close(): Promise<void>;
  /** The same, for `await using emulator = await startEmulator()`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts an emulator of Authsignal's HTTP API, which verifies every signature and code. Throws in production. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  assertNotProduction();
  emulatorShape.check(options, "");
  const allowedHosts = hostsNamedIn(options);
  let port = 0;
  const url = () => options.publicUrl?.replace(/\/$/, "") ?? `http://localhost:${port}`;
  const core = await createCore(options, () => `${url()}/v1`);
  const plane = createControlPlane(core);
  const listener = await listen(core, {
    port: options.port ?? 0,
    host: options.host,
    allowedHosts,
    control: controlOperations(core, plane),
  }).catch((error: unknown) => {
    core.close();
    throw error;
  });
  port = listener.port;

  let closed: Promise<void> | undefined;
  const stop = async () => {
    core.stopWaiting();
    await listener.close();
    // A runner may have torn its module loader down by the time the next import would come.
    await verifierLoaded();
    core.close();
  };

  const close = () => {
    closed ??= stop();
    return closed;
  };

  return {
    ...plane,
    url: url(),
    apiUrl: `${url()}/v1`,
    port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** `allowedHosts` and the host of `publicUrl`. */
function hostsNamedIn({ allowedHosts: named = [], publicUrl }: EmulatorOptions): readonly string[] {
  if (publicUrl === undefined) return named;
  const url = parseUrl(publicUrl);
  if (url === null)
    throw new Error(`The public URL ${JSON.stringify(publicUrl)} is not a URL such as http://emulator:3001.`);
  if (!/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`)
    throw new Error(
      `The public URL ${JSON.stringify(publicUrl)} must be scheme, host and port alone, such as http://emulator:3001.`,
    );
  return [...named, url.hostname];
}

/** An emulator accepts known secrets and shows every code. */
function assertNotProduction(): void {
  // biome-ignore lint/style/noProcessEnv: callers must not be able to leave this check out.
  const mode = process.env.NODE_ENV?.trim() ?? "";
  // Docker keeps the quotes of an env file.
  if (/^(["']?)production\1$/i.test(mode)) {
    throw new Error("The Authsignal emulator does not run with NODE_ENV=production.");
  }
}
