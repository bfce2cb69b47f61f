/**
 * needs:    @authsignal/browser, and the answer of our server's `GET /config`.
 * does:     runs passkey ceremonies through the documented calls of the SDK. Each ends in one CeremonyOutcome.
 *           The options are fetched before the click: Safari forgets a click while a slow request runs, and the
 *           person sees what looks like a cancel.
 * must not: have a second importer of the SDK, choose words for people (ceremony-failures.ts), or call our server
 *           except through `config` and `begin`.
 */
import { Authsignal } from "@authsignal/browser";
import {
  type EnrollmentOptions,
  type EnrollmentToken,
  type ErrorAnswer,
  fetchEnrollmentOptions,
  fetchSignInOptions,
  fetchStepUpOptions,
  type PasskeyApi,
  type SignInOptions,
  type StepUpToken,
  unreachable,
} from "./authsignal-api.ts";
import { type CeremonyOutcome, outcomeOfCall, outcomeOfErrorCode } from "./ceremony-outcome.ts";
import { createCeremonySlot, type OnAnswered, twiceIfNeeded } from "./ceremony-slot.ts";
import { hardenEnrollment, hardenSignIn, type Running, type SignInMode } from "./hardened-sdk.ts";
import { canUsePasskeys } from "./passkey-support.ts";
import { createPrefetch, defaultFreshFor, type Prefetch } from "./prefetch.ts";
import { keepRenewed } from "./renewal.ts";

/** Where a new passkey is to be saved. `security-key` includes phones beside this device. */
export type PasskeyHome = "client-device" | "security-key";

const hintsFor: Readonly<Record<"platform" | "any", PasskeyHome[]>> = {
  platform: ["client-device"],
  any: [],
};
const attachments = { "client-device": "platform", "security-key": "cross-platform" } as const;

/** A ceremony under a token of the session's user. */
export interface PreparedCeremony<Input extends unknown[] = []> {
  /** Fetches everything that one ceremony needs. False if that fails now. */
  prepare(): Promise<boolean>;
  /** Call it straight from the click. Rejects only if `begin` rejects. */
  run(onAnswered: OnAnswered, ...input: Input): Promise<CeremonyOutcome>;
  /** Ends this ceremony and no other of the page, until the authenticator has answered; its outcome is `aborted`. */
  cancel(): void;
}

export interface Ceremonies {
  /** Fetches what a sign-in needs, for the button and for autofill. False if that fails now. */
  prepareSignIn(): Promise<boolean>;
  /**
   * The passkey button. Call it straight from the click. `onAskedAgain`: a second prompt follows a late answer. `mode`:
   * `immediate` only where `canAnswerAtOnce()`, and while no autofill request is pending. Default `button`.
   */
  signIn(
    onAnswered?: OnAnswered,
    onAskedAgain?: () => void,
    mode?: Exclude<SignInMode, "autofill">,
  ): Promise<CeremonyOutcome>;
  /** Pending until the person picks a passkey; replaces an earlier pending one. Only autofill.ts calls this. */
  signInByAutofill(onAnswered?: OnAnswered): Promise<CeremonyOutcome>;
  /** `platform` offers this device alone. With `any`, the person's choice (`home`) decides; without one, all places. */
  enrollment(
    begin: () => Promise<EnrollmentToken>,
    attachment: "platform" | "any",
  ): PreparedCeremony<[home?: PasskeyHome]>;
  stepUp(begin: () => Promise<StepUpToken>): PreparedCeremony;
  /** Ends the ceremony that a click began, until the authenticator has answered; its outcome is `aborted`. */
  cancel(): void;
  cancelAutofill(): void;
  /** On sign-out: removes the options and tokens of this person from memory. */
  forget(): void;
}

/** What the SDK needs of our server's answer to `GET /config`. */
export interface SdkConfig {
  readonly tenantId: string;
  readonly baseUrl: string;
}

export interface CeremonyDeps {
  /** Called once; after a failure the next ceremony calls it again. */
  config(): Promise<SdkConfig>;
  /**
   * Keeps the options of `signIn` fetched from the start, so that no click waits for them. Default true; false where
   * the page has no passkey button, or calls `prepareSignIn` itself.
   */
  readonly keepSignInReady?: boolean;
  /** Milliseconds for which fetched options are used; default 4 minutes. Authsignal's challenges live 10 minutes. */
  readonly freshFor?: number;
}

export function createCeremonies(deps: CeremonyDeps): Ceremonies {
  const { keepSignInReady = true, freshFor = defaultFreshFor } = deps;
  const slot = createCeremonySlot();
  let config: Promise<SdkConfig> | undefined;
  let lastAutofill: Promise<unknown> = Promise.resolve();
  // The button and autofill share one challenge: only one of them waits for a passkey at a time.
  const forSignIn = prefetched(nothing, fetchSignInOptions);
  if (keepSignInReady && canUsePasskeys()) {
    keepRenewed({ renew: forSignIn.warm, every: freshFor, signal: new AbortController().signal });
  }

  async function newSdk(): Promise<Authsignal> {
    config ??= deps.config().then(checked);
    try {
      const { tenantId, baseUrl } = await config;
      return new Authsignal({ tenantId, baseUrl });
    } catch (error) {
      config = undefined;
      throw error;
    }
  }

  function prefetched<Begun, Options extends object>(
    begin: () => Promise<Begun>,
    fetchOptions: (api: PasskeyApi, begun: Begun) => Promise<Options | ErrorAnswer>,
  ) {
    return createPrefetch<Options | ErrorAnswer>({
      async fetch() {
        const [begun, sdk] = await Promise.all([begin(), newSdk().catch(nothing)]);
        return sdk === undefined ? unreachable : fetchOptions(sdk.passkey.api, begun);
      },
      isUsable: (options) => !("error" in options),
      freshFor,
    });
  }

  async function authenticate(
    source: Prefetch<SignInOptions | ErrorAnswer>,
    { signal, onAnswered }: Running,
    mode: SignInMode,
  ): Promise<CeremonyOutcome> {
    const prepared = await source.get();
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const spend = () => {
      source.spend(prepared);
      onAnswered();
    };
    const proof = hardenSignIn(passkey.api, prepared, { signal, onAnswered: spend }, mode);
    const autofill = mode === "autofill";
    const call = passkey.signIn({ ...prepared.input, autofill });
    if (autofill) lastAutofill = call.then(nothing, nothing);
    return outcomeOfCall(signal, proof, call);
  }

  async function register(
    source: Prefetch<EnrollmentOptions | ErrorAnswer>,
    { signal, onAnswered }: Running,
    authenticatorAttachment: "platform" | null,
    home: PasskeyHome | undefined,
  ): Promise<CeremonyOutcome> {
    const prepared = await source.get();
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const spend = () => {
      source.spend(prepared);
      onAnswered();
    };
    const proof = hardenEnrollment(
      passkey.api,
      prepared,
      { signal, onAnswered: spend },
      home === undefined ? authenticatorAttachment : attachments[home],
    );
    const hints = home === undefined ? hintsFor[authenticatorAttachment ?? "any"] : [home];
    // `useAutoRegister` stays off: silent creation is meant to follow a sign-in with a password.
    const call = passkey.signUp({ ...prepared.enrollment, authenticatorAttachment, hints });
    return outcomeOfCall(signal, proof, call);
  }

  return {
    prepareSignIn: () => forSignIn.warm(),

    signIn(onAnswered = ignore, onAskedAgain = ignore, mode = "button") {
      const once = () => slot.run("person", onAnswered, (running) => authenticate(forSignIn, running, mode));
      return twiceIfNeeded(once, ["expired", "busy"], onAskedAgain);
    },

    async signInByAutofill(onAnswered = ignore) {
      if (slot.isTakenBy("person")) return { kind: "ignored" };
      return slot.run("autofill", onAnswered, async (running) => {
        // The SDK answers `{}` until its previous autofill request has ended.
        await lastAutofill;
        if (running.signal.aborted) return { kind: "aborted" };
        return authenticate(forSignIn, running, "autofill");
      });
    },

    enrollment(begin, attachment) {
      const where = attachment === "platform" ? attachment : null;
      const ready = prefetched(begin, (api, enrollment) => fetchEnrollmentOptions(api, enrollment, where));
      const own = slot.part();
      return {
        prepare: () => ready.warm(),
        run(onAnswered, home) {
          const once = () => own.run(onAnswered, (running) => register(ready, running, where, home));
          return twiceIfNeeded(once, ["busy"]);
        },
        cancel: own.end,
      };
    },

    stepUp(begin) {
      const ready = prefetched(begin, fetchStepUpOptions);
      const own = slot.part();
      return {
        prepare: () => ready.warm(),
        run: (onAnswered) => own.run(onAnswered, (running) => authenticate(ready, running, "button")),
        cancel: own.end,
      };
    },

    cancel: () => slot.end("person"),
    cancelAutofill: () => slot.end("autofill"),

    forget() {
      slot.end("person");
      slot.end("autofill");
      forSignIn.drop();
      // The SDK keeps the last result token in a variable that all its instances share, and never clears it.
      void newSdk().then((sdk) => sdk.setToken(""), ignore);
    },
  };
}

/** An error of our server, read as JSON by a caller that does not look at the status, is not the configuration. */
function checked(config: SdkConfig): SdkConfig {
  if (typeof config.tenantId === "string" && typeof config.baseUrl === "string") return config;
  throw new TypeError('The answer of "GET /config" has no tenantId or no baseUrl.');
}

function ignore(): void {}

async function nothing(): Promise<undefined> {}
