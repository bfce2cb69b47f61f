/** What a person is told, and where they can go on, when something around the sign-in is not as usual. */
import { expect, test } from "vitest";
import { button, eventually, field, type } from "./page.ts";
import { open, stack } from "./suite.ts";

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
