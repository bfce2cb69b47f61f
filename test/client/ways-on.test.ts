/** What a person is told, and where they can go on, when something around the sign-in is not as usual. */
import { expect, test } from "vitest";
import { button, eventually, field, type } from "./page.ts";
import { open, stack } from "./suite.ts";

const status = () => document.getElementById("status")?.textContent;

test("what was going on in one view is not said in the next", async () => {
  const page = await open();
  type(field("Email address"), stack.newAddress());
  button("Continue").click();
  expect(status()).toBe("Sending you a code…");
  await eventually(() => field("Code"));
  expect(status()).toBe("");
  page.close();
});

test("Continue stays busy until the next view is there", async () => {
  const page = await open();
  type(field("Email address"), stack.newAddress());
  const submit = button("Continue");
  submit.click();
  expect(submit.getAttribute("aria-busy")).toBe("true");
  await eventually(() => field("Code"));
  expect(submit.getAttribute("aria-busy")).toBe("true");
  page.close();
});
