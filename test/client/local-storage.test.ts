import { expect, test } from "vitest";
import { forget, recall, remember } from "../../client/dom/local-storage.ts";

test("what a site keeps under the same name is neither read, changed nor removed", () => {
  localStorage.setItem("account", "of the site");
  expect(recall("account")).toBeNull();
  remember("account", "ours");
  forget("account");
  expect(localStorage.getItem("account")).toBe("of the site");
  expect(localStorage.length).toBe(1);
});
