import { expect, test } from "vitest";
import { captureLog } from "./captured-log.ts";

test.each([
  ["a code in a message", "449231", '{"msg":"the code is 449231"}'],
  ["a code as a member", "449231", '{"code":"449231"}'],
  ["a code as a number", "449231", '{"code":449231}'],
  ["an address in a URL", "a@example.com", '{"path":"/x?to=a%40example.com"}'],
  ["a secret in Basic credentials", "s3cret", `{"h":"Basic ${Buffer.from("s3cret:").toString("base64")}"}`],
  ["a token in the middle of a word", "eyJhbGciOi", '{"x":"aeyJhbGciOib"}'],
])("the captured log finds %s", (_, secret, line) => {
  const log = captureLog();
  log.keepSecret(secret);
  log.destination.write(line);
  expect(log.leaks()).toEqual([secret]);
});

test("the captured log does not take six digits of a request id for a code", () => {
  const log = captureLog();
  log.keepSecret("449231");
  log.destination.write('{"requestId":"1f449231-aa44-4492-9a44-923144923100","ms":1.449231}');
  expect(log.leaks()).toEqual([]);
});
