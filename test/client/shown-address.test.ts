/** Addresses and names as a person reads them in the page. */
import { domainToASCII } from "node:url";
import { expect, test } from "vitest";
import { showSentence } from "../../client/words/sentence.ts";
import { shownAddress } from "../../client/words/shown-address.ts";
import { openPage } from "./page.ts";

test.each([
  "jo@bücher.example",
  "jo@президент.рф",
  "jo@例え.テスト",
  "jo@مثال.إختبار",
  "jo@a.ñandú.example",
  "jo@straße.example",
])("The address %s is shown as it was typed, although the server has its domain in ASCII", (typed) => {
  const [name, domain = ""] = typed.split("@");
  expect(shownAddress(`${name}@${domainToASCII(domain)}`)).toBe(typed);
});

test.each([
  "jo@example.com",
  "xn--a.xn--b@example.com",
  "jo@xn--a.example",
  "jo@xn--.example",
  "jo@xn--99999999999.example",
])("The address %s is shown unchanged", (address) => {
  expect(shownAddress(address)).toBe(address);
});

test("A name in a sentence is in an element that isolates its writing direction, and a second showing changes nothing", () => {
  const root = openPage();
  const sentence = ["delete.title", { name: "مفتاح" }] as const;
  showSentence(root, sentence);
  const [bdi] = root.children;
  expect(root.textContent).toBe("Delete passkey “مفتاح”?");
  expect(bdi?.localName).toBe("bdi");
  expect(bdi?.textContent).toBe("مفتاح");
  showSentence(root, sentence);
  expect(root.firstElementChild).toBe(bdi);
  showSentence(root, null);
  expect(root.textContent).toBe("");
});
