/** What counts as an e-mail address and as a phone number: a code to something else would never arrive. */
import { clearableText, type Input, optionalText } from "./input.ts";
import type { Shape } from "./shape.ts";
import { invalidRequest } from "./wire-error.ts";

const isEmail = (text: string) => /^[^\s@]+@[^\s@]+$/.test(text);
const isPhoneNumber = (text: string) => /^\+?\d[\d ().-]{3,30}$/.test(text);

export function checkAddress(key: "email" | "phoneNumber", address: string): string {
  if (key === "email" && !isEmail(address)) throw invalidRequest("The email address is invalid.");
  if (key === "phoneNumber" && !isPhoneNumber(address)) throw invalidRequest("The phone number is invalid.");
  return address;
}

export function optionalAddress(input: Input, key: "email" | "phoneNumber"): string | undefined {
  const address = optionalText(input, key, 320);
  return address && checkAddress(key, address);
}

/** `undefined`: absent. `null`: clears the stored one. */
export function clearableAddress(input: Input, key: "email" | "phoneNumber"): string | null | undefined {
  const address = clearableText(input, key);
  return address && checkAddress(key, address);
}

export const emailAddress = addressShape(isEmail, "an e-mail address such as ada@example.com");
export const phoneNumber = addressShape(isPhoneNumber, "a phone number such as +64211234567");
export const anyAddress = addressShape(
  (text) => isEmail(text) || isPhoneNumber(text),
  "an e-mail address or a phone number",
);

function addressShape(isValid: (text: string) => boolean, what: string): Shape {
  return {
    schema: { type: "string", maxLength: 320, description: what },
    check(value, where) {
      if (typeof value !== "string" || value.length > 320 || !isValid(value))
        throw invalidRequest(`${where} must be ${what}.`);
    },
  };
}
