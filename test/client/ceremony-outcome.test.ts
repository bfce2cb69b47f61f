// @vitest-environment node
/** Maps the three result channels of the SDK to one union. */
import { describe, expect, test } from "vitest";
import {
  type FailureKind,
  outcomeOfCall,
  outcomeOfErrorCode,
  outcomeOfThrown,
  type Proof,
} from "../../client/passkeys/ceremony-outcome.ts";

const running = () => new AbortController().signal;

describe("outcomeOfThrown", () => {
  test.each<[string, FailureKind]>([
    ["NotAllowedError", "cancelled"],
    ["AbortError", "aborted"],
    ["InvalidStateError", "alreadyRegistered"],
    ["SecurityError", "misconfigured"],
    ["NotSupportedError", "unsupported"],
    ["ConstraintError", "unsupported"],
    ["OperationError", "busy"],
    ["UnknownError", "authenticatorFailed"],
    ["DataError", "authenticatorFailed"],
    ["EncodingError", "authenticatorFailed"],
    ["SomethingNewError", "authenticatorFailed"],
  ])("A thrown %s becomes the outcome %s", (name, kind) => {
    expect(outcomeOfThrown(new DOMException("", name))).toEqual({ kind });
  });

  test.each<[string, Error, FailureKind]>([
    ["A plain Error, with which the SDK reports a missing feature,", new Error("no autofill"), "unsupported"],
    [
      "A TypeError, which is a fault of the page or of an extension,",
      new TypeError("x is undefined"),
      "authenticatorFailed",
    ],
    ["A SyntaxError, which is a fault of the page too,", new SyntaxError("<"), "authenticatorFailed"],
  ])("%s has its own outcome", (_, thrown, kind) => {
    expect(outcomeOfThrown(thrown)).toEqual({ kind });
  });
});

test.each<[string | undefined, FailureKind]>([
  ["expired_token", "expired"],
  ["internal_error", "unreachable"],
  ["unknown_credential", "unknownCredential"],
  ["invalid_credential", "refused"],
  ["too_many_requests", "rateLimited"],
  ["network_error", "unreachable"],
  ["a_code_of_next_year", "refused"],
  [undefined, "refused"],
])("Authsignal's error code %s becomes the outcome %s", (errorCode, kind) => {
  expect(outcomeOfErrorCode(errorCode)).toEqual({ kind });
});

describe("outcomeOfCall", () => {
  test("An SDK call succeeds with a verified answer and a token", async () => {
    const proof: Proof = {
      answer: { isVerified: true, accessToken: "result" },
      credentialId: "c1",
    };
    const response = { data: { authenticationResponse: { authenticatorAttachment: "cross-platform" } } };
    await expect(outcomeOfCall(running(), proof, Promise.resolve(response))).resolves.toEqual({
      kind: "succeeded",
      resultToken: "result",
      attachment: "cross-platform",
      credentialId: "c1",
    });
  });

  test.each([
    ["unknown_credential", "unknownCredential"],
    ["invalid_credential", "refused"],
    ["expired_token", "expired"],
  ])("An SDK call that ends in %s names the refused passkey", async (errorCode, kind) => {
    const refused = Promise.resolve({ error: errorCode, errorCode });
    await expect(outcomeOfCall(running(), { credentialId: "c1" }, refused)).resolves.toEqual({
      kind,
      refusedCredentialId: "c1",
    });
  });

  test.each(["network_error", "too_many_requests", "internal_error", "something_new", undefined])(
    "An SDK call that ends in %s names no refused passkey",
    async (errorCode) => {
      const inDoubt = Promise.resolve({ error: "error", ...(errorCode && { errorCode }) });
      const outcome = await outcomeOfCall(running(), { credentialId: "c1" }, inDoubt);
      expect(outcome).not.toHaveProperty("refusedCredentialId");
    },
  );

  test.each([
    ["an answer that is not verified", { isVerified: false, accessToken: "result" }],
    ["a verified answer without a token", { isVerified: true }],
  ])("An SDK call is refused with %s", async (_, answer) => {
    await expect(outcomeOfCall(running(), { answer }, Promise.resolve({ data: {} }))).resolves.toEqual({
      kind: "refused",
    });
  });

  test("An SDK call that returns {} is ignored", async () => {
    await expect(outcomeOfCall(running(), {}, Promise.resolve({}))).resolves.toEqual({ kind: "ignored" });
  });

  test("An SDK call succeeds although storage is blocked and the SDK throws after the proof", async () => {
    const proof = { answer: { isVerified: true, accessToken: "result" } };
    const blocked = Promise.reject(new DOMException("storage is blocked", "SecurityError"));
    await expect(outcomeOfCall(running(), proof, blocked)).resolves.toMatchObject({ kind: "succeeded" });
  });

  test("An AbortError without our abort is a cancel, as Firefox reports one", async () => {
    const aborted = Promise.reject(new DOMException("", "AbortError"));
    await expect(outcomeOfCall(running(), {}, aborted)).resolves.toEqual({ kind: "cancelled" });
  });

  test("An SDK call that we aborted is aborted, whichever error the browser throws", async () => {
    const ended = Promise.reject(new DOMException("", "NotAllowedError"));
    await expect(outcomeOfCall(AbortSignal.abort(), {}, ended)).resolves.toEqual({ kind: "aborted" });
  });
});
