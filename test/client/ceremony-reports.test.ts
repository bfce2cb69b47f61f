/** The app tells the server how ceremonies and offers went, so that a team can measure adoption. */
import { expect, test } from "vitest";
import { createSoftAuthenticator } from "../kit/soft-authenticator.ts";
import type { TestBrowser } from "./browser.ts";
import { button, eventually, field, type } from "./page.ts";
import { accountShown, open, reads, shown, stack, withPasskey } from "./suite.ts";

interface Report {
  readonly flow: string;
  readonly outcome: string;
  readonly milliseconds?: number;
}

/** What the page reports from now on, with the requests that stay when the page is left. */
function watchReports() {
  const send = globalThis.fetch;
  const reports: Report[] = [];
  const kept: (boolean | undefined)[] = [];
  globalThis.fetch = async (input, init) => {
    if (String(input).endsWith("/ceremony-report")) {
      reports.push(JSON.parse(String(init?.body)));
      kept.push(init?.keepalive);
    }
    return send(input, init);
  };
  return { reports, kept };
}

const withoutTime = (reports: readonly Report[]) =>
  reports.map(({ milliseconds: _, ...report }) => Object.values(report).join(" "));
const sent = (page: TestBrowser) =>
  page.requests.filter((request) => request === "POST /api/ceremony-report").length;

test("A first visit reports the code, the offer and the new passkey, and nothing that says whose they are", async () => {
  const page = await open({ authenticator: createSoftAuthenticator() });
  const { reports, kept } = watchReports();
  const email = stack.newAddress();
  await page.signInWithCode(email);
  (await shown("Create a passkey")).click();
  await accountShown();
  await eventually(() =>
    expect(withoutTime(reports)).toEqual([
      "code chosen",
      "code succeeded",
      "offer shown",
      "enrollment succeeded",
      "offer accepted",
    ]),
  );
  expect(JSON.stringify(reports)).not.toContain(email);
  expect(Object.keys(Object.assign({}, ...reports)).sort()).toEqual(["flow", "milliseconds", "outcome"]);
  expect(kept.every(Boolean)).toBe(true);
  await eventually(() => expect(sent(page)).toBe(5));
});

test("A sign-in reports its way and its time; a cancelled one its kind", async () => {
  const { authenticator } = await withPasskey();
  const page = await open({ authenticator });
  const { reports } = watchReports();
  await page.autofill.whenPending();
  page.breakPrompts(new DOMException("No", "NotAllowedError"));
  button("Sign in with a passkey").click();
  await reads(page, "No passkey used.");
  page.breakPrompts(null);
  await page.autofill.whenPending();
  page.autofill.pick();
  await accountShown();
  await eventually(() =>
    expect(withoutTime(reports)).toEqual(["button failed cancelled", "autofill succeeded"]),
  );
  expect(reports.every(({ milliseconds }) => milliseconds !== undefined && milliseconds >= 0)).toBe(true);
});

test("A declined offer and a wrong code are reported", async () => {
  const page = await open();
  const { reports } = watchReports();
  const email = stack.newAddress();
  type(field("Email address"), email);
  button("Continue").click();
  const code = await eventually(() => field("Code"));
  const right = await stack.readCode(email);
  type(code, right === "123456" ? "654321" : "123456");
  button("Continue").click();
  await reads(page, "That is not the code we sent.");
  type(code, right);
  button("Continue").click();
  (await shown("Not now")).click();
  await accountShown();
  await eventually(() =>
    expect(withoutTime(reports)).toEqual([
      "code chosen",
      "code failed refused",
      "code succeeded",
      "offer shown",
      "offer declined",
    ]),
  );
});

test("A report that is not answered holds nothing up", async () => {
  const page = await open();
  page.breakNetwork("/ceremony-report", "silent");
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
});

test("A server without the route gets one report, and a page that turns reports off sends none", async () => {
  const page = await open();
  page.breakNetwork("/ceremony-report", {
    status: 404,
    body: JSON.stringify({
      type: "/problems/not_found",
      title: "Not found.",
      status: 404,
      code: "not_found",
    }),
  });
  await page.signInWithCode(stack.newAddress());
  (await shown("Not now")).click();
  await accountShown();
  expect(sent(page)).toBe(1);
  await page.load("/sign-in");
  button("Sign out").click();
  await reads(page, "You are signed out.");
  const off = document.createElement("meta");
  off.name = "ceremony-reports";
  off.content = "off";
  document.head.append(off);
  await page.signInWithCode(stack.newAddress());
  await shown("Not now");
  expect(sent(page)).toBe(1);
});
