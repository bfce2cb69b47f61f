import { describe, expect, test } from "vitest";
import { adviceForApiBase, adviceForOrigin, adviceForRpId } from "../../../server/relying-party/addresses.ts";

describe("an origin", () => {
  test.each([
    "https://app.example.com",
    "https://app.example.com:8443",
    "https://my_app.example.com",
    "https://xn--bcher-kva.example",
    "https://intranet",
    "http://localhost",
    "http://localhost:3000",
    "http://app.localhost:3000",
  ])("such as %s is accepted", (origin) => {
    expect(adviceForOrigin(origin)).toBeNull();
  });

  test.each<[unknown, string]>([
    [undefined, "scheme, host and port, such as"],
    ["", "scheme, host and port, such as"],
    ["null", "scheme, host and port, such as"],
    ["app.example.com", "scheme, host and port, such as"],
    ["ftp://app.example.com", "scheme, host and port, such as"],
    ["android:apk-key-hash:AAEC", "scheme, host and port, such as"],
    ["https://app.example.com/", 'write "https://app.example.com"'],
    ["https://app.example.com/shop", 'write "https://app.example.com"'],
    ["https://app.example.com?", 'write "https://app.example.com"'],
    ["https://app.example.com#top", 'write "https://app.example.com"'],
    ["https://app.example.com:443", 'write "https://app.example.com"'],
    ["HTTPS://App.Example.com", 'write "https://app.example.com"'],
    [" https://app.example.com", 'write "https://app.example.com"'],
    ["https://app.example.com.", 'write "https://app.example.com"'],
    ["https://app.example.com.:8443", 'write "https://app.example.com:8443"'],
    ["https://b\u00fccher.example", 'write "https://xn--bcher-kva.example"'],
    ["https://user@app.example.com", 'write "https://app.example.com"'],
    ["https://*.example.com", "list each origin"],
    ["https://*", "list each origin"],
    ["https://app..example.com", "a host name that exists in DNS"],
    [`https://${"a".repeat(64)}.example.com`, "a host name that exists in DNS"],
    ["https://192.0.2.7", 'not the IP address "192.0.2.7"'],
    ["https://[2001:db8::1]:8443", 'not the IP address "2001:db8::1"'],
    ["https://2130706433", 'not the IP address "127.0.0.1"'],
    ["http://127.0.0.1:3000", 'Locally write "http://localhost:3000"'],
    ["http://app.example.com", 'must be "https://app.example.com"'],
    ["http://app.example.com:8080", 'must be "https://app.example.com:8080"'],
    ["http://notlocalhost", 'must be "https://notlocalhost"'],
  ])("The origin %s is refused, with what to write instead", (origin, sentence) => {
    expect(`It must be ${adviceForOrigin(origin)}.`).toContain(sentence);
  });
});

test("An origin with letters beyond ASCII is read in the same way however often one was read before", () => {
  const advice = Array.from({ length: 30_000 }, () => adviceForOrigin("https://b\u00fccher.example"));
  expect(new Set(advice).size).toBe(1);
});

describe("an RP ID", () => {
  test.each<[string, readonly string[]]>([
    ["app.example.com", ["https://app.example.com"]],
    ["example.com", ["https://app.example.com"]],
    ["example.com", ["https://www.example.net", "https://app.example.com:8443"]],
    ["example.co.uk", ["https://shop.example.co.uk"]],
    ["me.github.io", ["https://me.github.io"]],
    ["intranet", ["https://intranet"]],
    ["corp.internal", ["https://app.corp.internal"]],
    ["xn--bcher-kva.example", ["https://xn--bcher-kva.example"]],
    ["localhost", ["http://localhost:3000"]],
    ["localhost", ["http://app.localhost:3000"]],
    ["example.com", []],
  ])("The RP ID %s is accepted for the origins %j", (rpId, origins) => {
    expect(adviceForRpId(rpId, origins)).toBeNull();
  });

  test.each([
    ["192.0.2.7", 'not the IP address "192.0.2.7"'],
    ["192.0.2.7:8443", 'not the IP address "192.0.2.7"'],
    ["2130706433", 'not the IP address "127.0.0.1"'],
    ["::1", 'not the IP address "::1"'],
    ["[::1]", 'not the IP address "::1"'],
    ["https://app.example.com", "a bare domain in lower case"],
    ["app.example.com:443", "a bare domain in lower case"],
    ["app.example.com:8443", "a bare domain in lower case"],
    ["app.example.com/", "a bare domain in lower case"],
    ["app.example.com/shop", "a bare domain in lower case"],
    ["user@app.example.com", "a bare domain in lower case"],
    ["Example.com", "a bare domain in lower case"],
    ["*.example.com", "a bare domain in lower case"],
    [".example.com", "a bare domain in lower case"],
    ["example.com.", "a bare domain in lower case"],
    ["example .com", "a bare domain in lower case"],
    ["b\u00fccher.example", "a bare domain in lower case"],
    ["com", 'not the public suffix "com"'],
    ["github.io", 'not the public suffix "github.io"'],
    ["example.org", '"example.org" does not fit your origins'],
    ["x.app.example.com", '"x.app.example.com" does not fit your origins'],
    ["ple.com", '"ple.com" does not fit your origins'],
    ["localhost", '"localhost" does not fit your origins'],
  ])("The RP ID %s is refused for https://app.example.com, with what to write instead", (rpId, sentence) => {
    const advice = adviceForRpId(rpId, ["https://app.example.com"]);
    expect(advice).toContain(sentence);
    expect(advice).toContain('"app.example.com"');
  });

  test("An RP ID is checked by its form alone while no origin is usable", () => {
    expect(adviceForRpId("com", [])).toContain('not the public suffix "com"');
    expect(adviceForRpId("10.0.0.1", [])).toContain("not the IP address");
  });
});

describe("an API base", () => {
  test.each(["https://api.authsignal.com/v1", "https://app.example.com/authsignal/v1"])(
    "such as %s is accepted",
    (base) => {
      expect(adviceForApiBase(base)).toBeNull();
      expect(adviceForApiBase(base, false)).toBeNull();
    },
  );

  test.each<[unknown, string]>([
    [undefined, "this is not a URL"],
    ["api.authsignal.com/v1", "this is not a URL"],
    ["ftp://api.authsignal.com/v1", "this is not a URL"],
    ["https://api.authsignal.com", 'it ends in "/v1"'],
    ["https://api.authsignal.com/v1/", 'it ends in "/v1"'],
    ["https://api.authsignal.com/v2", 'it ends in "/v1"'],
    ["https://api.authsignal.com/v1?a=/v1", "without user name, query or fragment"],
    ["https://api.authsignal.com/#/v1", "without user name, query or fragment"],
    ["https://user:secret@api.authsignal.com/v1", "without user name, query or fragment"],
    [" https://api.authsignal.com/v1", "without user name, query or fragment"],
  ])("The API base %s is refused, and its value is not repeated", (base, sentence) => {
    expect(adviceForApiBase(base)).toContain(sentence);
    expect(adviceForApiBase(base)).not.toContain(`"${String(base)}"`);
  });

  test.each([
    ["http://api.authsignal.com/v1", 'it begins with "https:"'],
    ["http://localhost:3001/v1", "points to this machine"],
    ["https://emulator.localhost/v1", "points to this machine"],
    ["https://localhost./v1", "points to this machine"],
    ["https://127.0.0.2/v1", "points to this machine"],
    ["https://2130706433/v1", "points to this machine"],
    ["https://0.0.0.0/v1", "points to this machine"],
    ["https://[::1]/v1", "points to this machine"],
    ["https://[::ffff:127.0.0.1]/v1", "points to this machine"],
  ])("The API base %s is accepted with an emulator and refused for a tenant", (base, sentence) => {
    expect(adviceForApiBase(base)).toBeNull();
    expect(adviceForApiBase(base, false)).toContain(sentence);
  });
});
