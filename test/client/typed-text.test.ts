// @vitest-environment node
/** What people type and paste means the same on the page and on the server. */
import { expect, test } from "vitest";
import { digitsOf } from "../../client/views/otp/otp-code.ts";
import { ChallengeOtpRequest, VerifyOtpRequest } from "../../shared/contract.ts";
import { plainText } from "../../shared/typed-text.ts";

const address = (email: string) => ChallengeOtpRequest.safeParse({ email }).data?.email;

test.each([
  ["surrounding spaces", " ada@example.com\u00a0", "ada@example.com"],
  ["a zero-width space of a web page", "ada\u200b@example.com", "ada@example.com"],
  ["the direction marks of a right-to-left mail", "\u202aada@example.com\u202c", "ada@example.com"],
  ["a byte order mark", "\ufeffada@example.com", "ada@example.com"],
  ["a soft hyphen", "ada@exam\u00adple.com", "ada@example.com"],
  [
    "full-width letters and signs of a Japanese keyboard",
    "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "ada@example.com",
  ],
  ["an ideographic full stop", "ada@example。com", "ada@example.com"],
  ["a half-width ideographic full stop", "ada@example｡com", "ada@example.com"],
  ["a domain of another script, as Firefox and Safari send it", "ada@münchen.de", "ada@xn--mnchen-3ya.de"],
  ["the same with a composed mark", "ada@mu\u0308nchen.de", "ada@xn--mnchen-3ya.de"],
  ["a Cyrillic domain", "ada@почта.рф", "ada@xn--80a1acny.xn--p1ai"],
])(
  "an address with %s is read as it was meant, from the field as it is and as the page sends it",
  (_, typed, meant) => {
    expect(address(typed)).toBe(meant);
    expect(address(plainText(typed))).toBe(meant);
  },
);

test.each(["josé@example.com", "ada@ex ample.com", "ada@münchen.de/x", "ada@@example.com", "ada@münchen"])(
  "the address %s is refused",
  (typed) => {
    expect(address(typed)).toBeUndefined();
  },
);

const codeAtServer = (code: string) => VerifyOtpRequest.safeParse({ code }).data?.code;

test.each([
  ["spaces", "123 456"],
  ["a no-break space", "123\u00a0456"],
  ["a dash", "123–456"],
  ["a dot", "123.456"],
  ["invisible marks", "\u200e123\u200b456\u2069"],
  ["full-width digits", "１２３４５６"],
  ["Arabic-Indic digits", "١٢٣٤٥٦"],
  ["Persian digits", "۱۲۳۴۵۶"],
  ["Devanagari digits", "१२३४५६"],
  ["Bengali digits", "১২৩৪৫৬"],
  ["Thai digits", "๑๒๓๔๕๖"],
  ["mathematical digits", "𝟏𝟐𝟑𝟒𝟓𝟔"],
])("a code with %s is the same code on the page and on the server", (_, typed) => {
  expect(digitsOf(typed)).toBe("123456");
  expect(codeAtServer(typed)).toBe("123456");
});

test("every decimal digit of Unicode counts as the digit that it is", () => {
  const tens = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) =>
    /\p{Nd}/u.test(String.fromCodePoint(point)),
  );
  expect(tens.length % 10).toBe(0);
  for (let at = 0; at < tens.length; at += 10) {
    const typed = tens.slice(at, at + 8).map((point) => String.fromCodePoint(point));
    expect(codeAtServer(typed.join(""))).toBe("01234567");
  }
});

test.each(["12345", "123456789", "abcdef", "½23456"])("the code %s is refused", (typed) => {
  expect(codeAtServer(typed)).toBeUndefined();
});
