// @vitest-environment node
/** The message for the developer when passkeys cannot work at an address. */
import { expect, test } from "vitest";
import { fixFor } from "../../client/passkeys/misconfiguration.ts";

test.each([
  ["example.com", "http://app.example.com", "over https"],
  ["example.com", "https://192.168.0.7:8443", "open the page under a domain name"],
  [
    "example.com",
    "https://example.org",
    'Set the RP ID of the Authsignal tenant (and RP_ID) to "example.org"',
  ],
  ["app.example.com", "https://example.com", 'this page is on "example.com"'],
  ["example.com", "https://notexample.com", 'this page is on "notexample.com"'],
  ["example.com", "https://app.example.com", "not a public suffix"],
  ["localhost", "http://localhost:3000", "not a public suffix"],
])("The fix for the RP ID %s at %s names the cause", (rpId, address, fix) => {
  expect(fixFor(rpId, new URL(address))).toContain(fix);
});
