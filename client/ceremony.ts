/**
 * needs:    @authsignal/browser, and our server's `GET /config`.
 * does:     runs passkey ceremonies through the documented SDK calls and ends each in one CeremonyOutcome.
 *           Everything a ceremony needs is fetched beforehand, so that no request lies between a click and the
 *           browser's prompt: Safari forgets the click while a slow request is under way, and the person sees
 *           what looks like a cancel.
 * must not: be doubled: this is the only file that imports the SDK. Must not decide what a failure means for the
 *           person (failures.ts), or talk to our server except for the configuration and the enrollment token.
 *
 * How the SDK is hardened: each ceremony gets its own SDK object, whose public `passkey.api` methods are replaced
 * by ones that answer from the prefetched store and never reject. They have to: one rejected request during
 * autofill would leave the SDK answering `{}` to every later autofill call until the page is reloaded.
 */
import type { Authsignal } from "@authsignal/browser";
import { actions } from "../shared/actions.ts";
import type { ConfigResponse, EnrollTokenResponse } from "../shared/contract.ts";
import { answerInTime, type Refusal, unreachable, type Whole } from "./authsignal-answer.ts";
import { type CeremonyOutcome, newProof, outcomeOfErrorCode, settle } from "./ceremony-outcome.ts";
import { admit } from "./credential-gate.ts";
import { createPrefetch } from "./prefetch.ts";

type PasskeyApi = Authsignal["passkey"]["api"];
type Accepted<Method extends (...input: never[]) => Promise<unknown>> = Whole<Awaited<ReturnType<Method>>>;

/** What one sign-in ceremony needs, and serves only once. */
interface SignInOptions {
  readonly challenge: Accepted<PasskeyApi["challenge"]>;
  readonly options: Accepted<PasskeyApi["authenticationOptions"]>;
}

interface EnrollmentOptions {
  readonly enrollment: EnrollTokenResponse;
  readonly options: Accepted<PasskeyApi["registrationOptions"]>;
}

export interface Enrollment {
  /** Gets everything for one enrollment. False if that is not possible now. */
  prepare(): Promise<boolean>;
  /** Call it straight from the click. Rejects only with what `begin` rejects with. */
  run(): Promise<CeremonyOutcome>;
}

export interface Ceremonies {
  prepareSignIn(): Promise<boolean>;
  /** The passkey button. Call it straight from the click. */
  signIn(): Promise<CeremonyOutcome>;
  prepareAutofill(): Promise<boolean>;
  /** Pending until the person picks a passkey; replaces an earlier pending one. Only autofill.ts calls this. */
  signInByAutofill(): Promise<CeremonyOutcome>;
  enrollment(begin: () => Promise<EnrollTokenResponse>): Enrollment;
  /** Ends the ceremony that a click began; its outcome is `aborted`. */
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

/** Comfortably below the shortest challenge lifetime that WebAuthn recommends (five minutes). */
export const defaultFreshFor = 4 * 60_000;

export function createCeremonies({ config, freshFor = defaultFreshFor }: CeremonyDeps): Ceremonies {
  let loading: Promise<() => Authsignal> | undefined;
  let current: { readonly controller: AbortController; readonly isAutofill: boolean } | undefined;
  let lastAutofill: Promise<unknown> = Promise.resolve();

  /** The SDK is loaded once, beside the first paint; a failure is forgotten, so that the next need tries again. */
  function newSdk(): Promise<Authsignal> {
    loading ??= Promise.all([import("@authsignal/browser"), config()]).then(
      ([sdk, { tenantId, baseUrl }]) =>
        () =>
          new sdk.Authsignal({ tenantId, baseUrl }),
    );
    const attempt = loading;
    attempt.catch(() => {
      if (loading === attempt) loading = undefined;
    });
    return attempt.then((create) => create());
  }

  /** One ceremony at a time: a newer one ends the one before. */
  async function alone(
    isAutofill: boolean,
    run: (signal: AbortSignal) => Promise<CeremonyOutcome>,
  ): Promise<CeremonyOutcome> {
    const mine = { controller: new AbortController(), isAutofill };
    const { signal } = mine.controller;
    current?.controller.abort(abortReason());
    current = mine;
    // An authenticator or an extension may never answer, not even to an abort: we do not wait for it then.
    const aborted = new Promise<CeremonyOutcome>((resolve) => {
      signal.addEventListener("abort", () => resolve({ kind: "aborted" }), { once: true });
    });
    try {
      return await Promise.race([run(signal), aborted]);
    } finally {
      if (current === mine) current = undefined;
    }
  }

  async function fetchSignInOptions(): Promise<SignInOptions | Refusal> {
    const { api } = (await newSdk()).passkey;
    const challenge = await answerInTime(
      api.challenge({ action: actions.signInWithPasskey }),
      (body) => typeof body.challengeId === "string",
    );
    if ("error" in challenge) return challenge;
    const options = await answerInTime(
      api.authenticationOptions({ challengeId: challenge.challengeId }),
      (body) => typeof body.options?.challenge === "string",
    );
    return "error" in options ? options : { challenge, options };
  }

  const fetchOrRefuse = () => fetchSignInOptions().catch(() => unreachable);
  const forButton = createPrefetch<SignInOptions | Refusal>({ fetch: fetchOrRefuse, isUsable, freshFor });
  const forAutofill = createPrefetch<SignInOptions | Refusal>({ fetch: fetchOrRefuse, isUsable, freshFor });

  async function authenticate(
    prepared: SignInOptions | Refusal,
    signal: AbortSignal,
    autofill: boolean,
  ): Promise<CeremonyOutcome> {
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const verify = passkey.api.verify.bind(passkey.api);
    const proof = newProof();
    passkey.api.challenge = async () => prepared.challenge;
    passkey.api.authenticationOptions = async () => {
      admit(prepared.options.options.challenge, signal);
      return prepared.options;
    };
    passkey.api.verify = async (request) => {
      const body = await answerInTime(verify(request), hasVerdict);
      if (!("error" in body)) proof.answer = body;
      return body;
    };
    const call = passkey.signIn({ action: actions.signInWithPasskey, autofill });
    if (autofill) lastAutofill = call.then(ignore, ignore);
    return settle(signal, proof, call);
  }

  async function register(
    prepared: EnrollmentOptions | Refusal,
    signal: AbortSignal,
  ): Promise<CeremonyOutcome> {
    if ("error" in prepared) return outcomeOfErrorCode(prepared.errorCode);
    const { enrollment, options } = prepared;
    const { passkey } = await newSdk();
    if (signal.aborted) return { kind: "aborted" };
    const addAuthenticator = passkey.api.addAuthenticator.bind(passkey.api);
    const proof = newProof();
    passkey.api.registrationOptions = async () => {
      admit(options.options.challenge, signal);
      return options;
    };
    passkey.api.addAuthenticator = async (request) => {
      const body = await answerInTime(addAuthenticator(request), hasVerdict);
      if (!("error" in body)) proof.answer = body;
      return body;
    };
    // No `useAutoRegister`: silent creation is meant to follow a password sign-in, and this product has none.
    return settle(signal, proof, passkey.signUp(enrollment));
  }

  const signInOnce = () =>
    alone(false, async (signal) => authenticate(await forButton.take(), signal, false));

  return {
    prepareSignIn: () => forButton.warm(),

    async signIn() {
      const outcome = await signInOnce();
      const isWorthASecondPrompt = outcome.kind === "expired" || outcome.kind === "busy";
      return isWorthASecondPrompt ? signInOnce() : outcome;
    },

    prepareAutofill: () => forAutofill.warm(),

    async signInByAutofill() {
      if (current !== undefined && !current.isAutofill) return { kind: "ignored" };
      return alone(true, async (signal) => {
        // The SDK answers `{}` until the request before this one has come to its end.
        await lastAutofill;
        if (signal.aborted) return { kind: "aborted" };
        return authenticate(await forAutofill.take(), signal, true);
      });
    },

    enrollment(beginEnrollment) {
      async function fetchEnrollmentOptions(): Promise<EnrollmentOptions | Refusal> {
        const [enrollment, sdk] = await Promise.all([beginEnrollment(), newSdk().catch(ignore)]);
        if (sdk === undefined) return unreachable;
        const { token, username } = enrollment;
        const options = await answerInTime(
          sdk.passkey.api.registrationOptions({ token, username, authenticatorAttachment: "platform" }),
          (body) => typeof body.options?.challenge === "string",
        );
        return "error" in options ? options : { enrollment, options };
      }
      const prefetch = createPrefetch<EnrollmentOptions | Refusal>({
        fetch: fetchEnrollmentOptions,
        isUsable,
        freshFor,
      });
      return {
        prepare: () => prefetch.warm(),
        run: () => alone(false, async (signal) => register(await prefetch.take(), signal)),
      };
    },

    cancel() {
      if (current?.isAutofill === false) current.controller.abort(abortReason());
    },

    cancelAutofill() {
      if (current?.isAutofill === true) current.controller.abort(abortReason());
    },

    forget() {
      current?.controller.abort(abortReason());
      forButton.drop();
      forAutofill.drop();
      // The SDK keeps the last result token in a variable that every instance shares and that nothing clears.
      if (loading !== undefined) void newSdk().then((sdk) => sdk.setToken(""), ignore);
    },
  };
}

function isUsable(options: object): boolean {
  return !("error" in options);
}

function hasVerdict(body: { readonly isVerified: boolean }): boolean {
  return typeof body.isVerified === "boolean";
}

function abortReason(): DOMException {
  return new DOMException("Ended by the page.", "AbortError");
}

/** For promises whose end matters, but not what they end in. */
function ignore(): void {}
