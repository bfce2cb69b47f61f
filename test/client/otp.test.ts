// @vitest-environment jsdom
/** The code view: how it reads a code, and how it shows time and attempts. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../client/http/api.ts";
import { mountOtp, type OtpDeps } from "../../client/views/otp/otp.ts";
import { button, field, openPage, type, visibleText } from "./page.ts";

let root: HTMLElement;
let dispose: (() => void) | undefined;
const verified: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  root = openPage();
  verified.length = 0;
});
afterEach(() => {
  dispose?.();
  vi.useRealTimers();
});

function open(deps: Partial<OtpDeps> = {}): void {
  const sent = { email: "ada@example.com", expiresAt: Date.now() + 600_000, resendAt: Date.now() + 30_000 };
  dispose = mountOtp(root, {
    sent,
    verifyCode: async (code) => {
      verified.push(code);
    },
    sendNewCode: async (email) => ({ ...sent, email, resendAt: Date.now() + 30_000 }),
    useOtherAddress: () => {},
    ...deps,
  });
}

async function submit(code: string): Promise<void> {
  type(field("Code"), code);
  button("Continue").click();
  await vi.advanceTimersByTimeAsync(0);
}

function problem(code: "otp_incorrect" | "upstream_unavailable", attemptsLeft?: number): ApiError {
  return new ApiError(code, {
    type: `/problems/${code}`,
    title: code,
    status: 401,
    code,
    requestId: "r1",
    ...(attemptsLeft !== undefined && { attemptsLeft }),
  });
}

test("The code view says where the code was sent and how long it works", () => {
  open();
  expect(visibleText(root)).toContain("We sent a code to ada@example.com. The code works for 10 minutes.");
});

test.each([
  ["123456", "123456"],
  [" 123 456", "123456"],
  ["123-456", "123456"],
  ["123–456", "123456"],
  ["123.456", "123456"],
  ["１２３４５６", "123456"],
  ["123456\u200b", "123456"],
  ["012345", "012345"],
  ["1 2 3 4 5 6", "123456"],
  ["Your code is 123456. It works for 10 minutes.", "123456"],
  ["Your code is 123456. 10 minutes left.", "123456"],
  ["Your code is 123 456. 10 minutes left.", "123456"],
  ["123456 10:32", "123456"],
  ["123456 - 5 tries", "123456"],
  ["123456 10 minutes", "123456"],
])("The code view accepts the code %j", async (typed, code) => {
  open();
  await submit(typed);
  expect(verified).toEqual([code]);
});

test.each([
  ["", "Enter the code from the email."],
  ["12345", "A code has 6 to 8 digits."],
  ["abcdef", "A code has 6 to 8 digits."],
  ["123456 or 234567", "A code has 6 to 8 digits."],
])("The code view does not send the code %j", async (typed, words) => {
  open();
  await submit(typed);
  expect(verified).toEqual([]);
  expect(visibleText(root)).toContain(words);
  expect(field("Code").getAttribute("aria-invalid")).toBe("true");
  expect(document.activeElement).toBe(field("Code"));
});

test("A wrong code stays in the field, selected, with the number of attempts left", async () => {
  open({ verifyCode: () => Promise.reject(problem("otp_incorrect", 2)) });
  await submit("111111");
  expect(visibleText(root)).toContain("You can try 2 more times.");
  expect(field("Code").value).toBe("111111");
  expect(document.activeElement).toBe(field("Code"));
});

test("If the service cannot be reached, the code stays and the message says what to do", async () => {
  open({ verifyCode: () => Promise.reject(problem("upstream_unavailable")) });
  await submit("111111");
  expect(visibleText(root)).toContain("Cannot reach the sign-in service.");
  expect(field("Code").value).toBe("111111");
  expect(field("Code").getAttribute("aria-invalid")).toBe("false");
});

test("Selected text stays selected while the code view counts down", async () => {
  open();
  const sentTo = document.getElementById("code-hint")?.firstChild?.firstChild;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(document.getElementById("code-hint")?.firstChild?.firstChild).toBe(sentTo);
});

test("The expiry of a code is announced once", async () => {
  open();
  await vi.advanceTimersByTimeAsync(601_000);
  const status = document.getElementById("status");
  expect(status?.textContent).toBe("The code is too old now. Send a new one.");
  if (status !== null) status.textContent = "";
  await vi.advanceTimersByTimeAsync(5_000);
  expect(status?.textContent).toBe("");
});

test("A second click while the code is being checked does nothing", async () => {
  open();
  type(field("Code"), "123456");
  button("Continue").click();
  button("Continue").click();
  await vi.advanceTimersByTimeAsync(0);
  expect(verified).toEqual(["123456"]);
});

test("A new code can be sent after the countdown", async () => {
  open();
  const resend = button("Send a new code");
  expect(resend.getAttribute("aria-disabled")).toBe("true");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(resend.dataset.left).toBe("20s");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(resend.getAttribute("aria-disabled")).toBeNull();
  resend.click();
  await vi.advanceTimersByTimeAsync(0);
  expect(visibleText(root)).toContain("Only the newest code works.");
  expect(resend.getAttribute("aria-disabled")).toBe("true");
});

test("Typing removes the error of the code field", async () => {
  open();
  await submit("1");
  type(field("Code"), "12");
  expect(field("Code").getAttribute("aria-invalid")).toBe("false");
});

test("An answer that arrives after the code view was left changes nothing", async () => {
  open({ verifyCode: () => Promise.reject(problem("otp_incorrect")) });
  type(field("Code"), "123456");
  button("Continue").click();
  dispose?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(root.childElementCount).toBe(0);
});
