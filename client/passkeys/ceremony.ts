/**
 * needs:    @authsignal/browser, and our server's `GET /config`.
 * does:     runs passkey ceremonies through the documented SDK calls and ends each in one CeremonyOutcome.
 *           Everything a ceremony needs is fetched beforehand, so that no request lies between a click and the
 *           browser's prompt: Safari forgets the click while a slow request is under way, and the person sees
 *           what looks like a cancel.
 * must not: be doubled: this is the only file that imports the SDK. Must not decide what a failure means for the
 *           person (ceremony-failures.ts), or talk to our server except for the configuration and the enrollment token.
 *
 * How the SDK is hardened: each ceremony gets its own SDK object, whose public `passkey.api` methods are replaced
 * by ones that answer from the prefetched store and never reject. They have to: one rejected request during
 * autofill would leave the SDK answering `{}` to every later autofill call until the page is reloaded.
 */
import { Authsignal } from "@authsignal/browser";
import { actions } from "../../shared/actions.ts";
import type { ConfigResponse, EnrollTokenResponse, StepUpTokenResponse } from "../../shared/contract.ts";
import { attachSignal } from "./abortable-credentials.ts";
import {
  answerInTime,
  hasChallenge,
  hasVerdict,
  type Refusal,
  unreachable,
  type Whole,
} from "./authsignal-answer.ts";
import { type CeremonyOutcome, outcomeOfErrorCode, type Proof, settle } from "./ceremony-outcome.ts";
import { createCeremonySlot, type OnAnswered, twiceIfNeeded } from "./ceremony-slot.ts";
import { createPrefetch, defaultFreshFor } from "./prefetch.ts";

type PasskeyApi = Authsignal["passkey"]["api"];
type SignUpInput = Parameters<Authsignal["passkey"]["signUp"]>[0];
type Accepted<Method extends (...input: never[]) => Promise<unknown>> = Whole<Awaited<ReturnType<Method>>>;

/** What one authentication ceremony needs, and serves only once. */
interface SignInOptions {
  /** Whose passkeys may answer: those of the session's user, or anybody's. */
  readonly input: { readonly token: string } | { readonly action: string };
  readonly challenge?: Accepted<PasskeyApi["challenge"]>;
  readonly options: Accepted<PasskeyApi["authenticationOptions"]>;
}

interface EnrollmentOptions {
  readonly enrollment: EnrollTokenResponse;
  readonly options: Accepted<PasskeyApi["registrationOptions"]>;
}

/** Where a new passkey shall live. A hint: the browser's dialog has the other places too. */
export type PasskeyHome = "client-device" | "security-key";

/** A ceremony under a token of the session's user. */
export interface PreparedCeremony<Input extends unknown[] = []> {
  /** Gets everything that one ceremony needs. False if that is not possible now. */
  prepare(): Promise<boolean>;
  /** Call it straight from the click. Rejects only with what getting the token rejects with. */
  run(onAnswered: OnAnswered, ...input: Input): Promise<CeremonyOutcome>;
}

export interface Ceremonies {
  prepareSignIn(): Promise<boolean>;
  /** The passkey button. Call it straight from the click. `onAskedAgain`: a second prompt follows a late answer. */
  signIn(onAnswered?: OnAnswered, onAskedAgain?: OnAnswered): Promise<CeremonyOutcome>;
  prepareAutofill(): Promise<boolean>;
  /** Pending until the person picks a passkey; replaces an earlier pending one. Only autofill.ts calls this. */
  signInByAutofill(onAnswered?: OnAnswered): Promise<CeremonyOutcome>;
  /** `platform` offers this device alone, `any` whatever the browser knows. */
  enrollment(
    begin: () => Promise<EnrollTokenResponse>,
    attachment: "platform" | "any",
  ): PreparedCeremony<[home?: PasskeyHome]>;
  stepUp(begin: () => Promise<StepUpTokenResponse>): PreparedCeremony;
  /** Ends the ceremony that a click began, while it waits for the authenticator; its outcome is `aborted`. */
  cancel(): void;
  cancelAutofill(): void;
  /** On sign-out: nothing of this person stays in memory. */
  forget(): void;
}

export interface CeremonyDeps {
  config(): Promise<ConfigResponse>;
  /** Milliseconds for which prefetched options are used. Authsignal's challenges live ten minutes by default. */
  readonly freshFor?: number;
}

export function createCeremonies({ config, freshFor = defaultFreshFor }: CeremonyDeps): Ceremonies {
  const slot = createCeremonySlot();
  let lastAutofill: Promise<unknown> = Promise.resolve();

  async function newSdk(): Promise<Authsignal> {
    const { tenantId, baseUrl } = await config();
    return new Authsignal({ tenantId, baseUrl });
  }

  async function fetchSignInOptions(): Promise<SignInOptions | Refusal> {
    const { api } = (await newSdk()).passkey;
    const input = { action: actions.signInWithPasskey };
    const challenge = await answerInTime(
      api.challenge(input),
      ({ challengeId }) => typeof challengeId === "string",
    );
    if ("error" in challenge) return challenge;
    const { challengeId } = challenge;
    const options = await answerInTime(api.authenticationOptions({ challengeId }), hasChallenge);
    return "error" in options ? options : { input, challenge, options };
  }

  const prefetched = <Options extends object>(fetch: () => Promise<Options | Refusal>) =>
    createPrefetch<Options | Refusal>({ fetch, isUsable: (options) => !("error" in options), freshFor });
  const fetchOrRefuse = () => fetchSignInOptions().catch(() => unreachable);
  const forButton = prefetched<SignInOptions>(fetchOrRefuse);
  const forAutofill = prefetched<SignInOptions>(fetchOrRefuse);

  async function authenticate(
    prepared: SignInOptions | Refusal,
    signal: AbortSignal,
    onAnswered: OnAnswered,
    autofill: boolean,
  ): Promise<CeremonyOutcome> {
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const { input, challenge, options } = prepared;
    const verify = passkey.api.verify.bind(passkey.api);
    const proof: Proof = {};
    if (challenge !== undefined) passkey.api.challenge = async () => challenge;
    passkey.api.authenticationOptions = async () => {
      attachSignal(options.options.challenge, signal);
      return options;
    };
    passkey.api.verify = async (request) => {
      proof.credentialId = request.authenticationCredential.id;
      onAnswered();
      const body = await answerInTime(verify(request), hasVerdict);
      if (!("error" in body)) proof.answer = body;
      return body;
    };
    const call = passkey.signIn({ ...input, autofill });
    if (autofill) lastAutofill = call.then(ignore, ignore);
    return settle(signal, proof, call);
  }

  async function register(
    prepared: EnrollmentOptions | Refusal,
    signal: AbortSignal,
    onAnswered: OnAnswered,
    place: Pick<SignUpInput, "hints" | "authenticatorAttachment">,
  ): Promise<CeremonyOutcome> {
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { enrollment, options } = prepared;
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const addAuthenticator = passkey.api.addAuthenticator.bind(passkey.api);
    const proof: Proof = {};
    passkey.api.registrationOptions = async () => {
      attachSignal(options.options.challenge, signal);
      return options;
    };
    passkey.api.addAuthenticator = async (request) => {
      proof.credentialId = request.registrationCredential.id;
      onAnswered();
      const body = await answerInTime(addAuthenticator(request), hasVerdict);
      if (!("error" in body)) proof.answer = body;
      return body;
    };
    // No `useAutoRegister`: silent creation is meant to follow a password sign-in, and this product has none.
    return settle(signal, proof, passkey.signUp({ ...enrollment, ...place }));
  }

  return {
    prepareSignIn: () => forButton.warm(),

    signIn: (onAnswered = ignore, onAskedAgain = ignore) =>
      twiceIfNeeded(
        () =>
          slot.run("person", onAnswered, async (signal, told) =>
            authenticate(await forButton.take(), signal, told, false),
          ),
        ["expired", "busy"],
        onAskedAgain,
      ),

    prepareAutofill: () => forAutofill.warm(),

    async signInByAutofill(onAnswered = ignore) {
      if (slot.isTakenBy("person")) return { kind: "ignored" };
      return slot.run("autofill", onAnswered, async (signal, told) => {
        // The SDK answers `{}` until the request before this one has come to its end.
        await lastAutofill;
        if (signal.aborted) return { kind: "aborted" };
        return authenticate(await forAutofill.take(), signal, told, true);
      });
    },

    enrollment(begin, attachment) {
      const authenticatorAttachment = attachment === "platform" ? attachment : null;
      const ready = prefetched<EnrollmentOptions>(async () => {
        const [enrollment, sdk] = await Promise.all([begin(), newSdk().catch(ignore)]);
        if (sdk === undefined) return unreachable;
        const { token, username } = enrollment;
        const request = { token, username, authenticatorAttachment };
        const options = await answerInTime(sdk.passkey.api.registrationOptions(request), hasChallenge);
        return "error" in options ? options : { enrollment, options };
      });
      return {
        prepare: () => ready.warm(),
        run: (onAnswered, home = "client-device") =>
          twiceIfNeeded(
            () =>
              slot.run("person", onAnswered, async (signal, told) =>
                register(await ready.take(), signal, told, { authenticatorAttachment, hints: [home] }),
              ),
            ["busy"],
          ),
      };
    },

    stepUp(begin) {
      const ready = prefetched<SignInOptions>(async () => {
        const [{ token }, sdk] = await Promise.all([begin(), newSdk().catch(ignore)]);
        if (sdk === undefined) return unreachable;
        const options = await answerInTime(sdk.passkey.api.authenticationOptions({ token }), hasChallenge);
        return "error" in options ? options : { input: { token }, options };
      });
      return {
        prepare: () => ready.warm(),
        run: (onAnswered) =>
          slot.run("person", onAnswered, async (signal, told) =>
            authenticate(await ready.take(), signal, told, false),
          ),
      };
    },

    cancel: () => slot.end("person"),
    cancelAutofill: () => slot.end("autofill"),

    forget() {
      slot.end("person");
      slot.end("autofill");
      forButton.drop();
      forAutofill.drop();
      // The SDK keeps the last result token in a variable that every instance shares and that nothing clears.
      void newSdk().then((sdk) => sdk.setToken(""), ignore);
    },
  };
}

/** For promises whose end matters, but not what they end in. */
function ignore(): void {}
