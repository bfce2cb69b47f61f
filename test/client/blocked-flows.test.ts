// @vitest-environment jsdom
/** Flows whose token our server does not issue. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCeremonies } from "../../client/passkeys/ceremony.ts";
import { prepareStepUp } from "../../client/passkeys/step-up.ts";

class Denied extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** @returns how often a token was asked for in ten minutes of an open step-up dialog */
async function askedInTenMinutes(code: string): Promise<number> {
  let asked = 0;
  const ceremonies = createCeremonies({
    config: async () => ({ tenantId: "t", baseUrl: "http://localhost:1/v1" }),
    keepSignInReady: false,
  });
  const flow = prepareStepUp(
    ceremonies,
    {
      async createStepUpToken() {
        asked += 1;
        throw new Denied(code);
      },
      finishStepUp: async () => {},
    },
    "transfer-funds",
  );
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  flow.stop();
  return asked;
}

test.each(["not_authenticated", "passkey_required", "tenant_misconfigured", "validation_failed"])(
  "an open step-up dialog does not ask for a token again after %s",
  async (code) => {
    expect(await askedInTenMinutes(code)).toBe(1);
  },
);

test("an open step-up dialog asks for a token again after an outage", async () => {
  expect(await askedInTenMinutes("upstream_unavailable")).toBeGreaterThan(5);
});
