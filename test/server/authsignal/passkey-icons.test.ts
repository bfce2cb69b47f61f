/** Which icons of Authsignal's answer reach a page: pictures in the answer itself, never addresses elsewhere. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { api } from "../../kit/flows.ts";
import { type Lab, type Person, startLab } from "../lab.ts";
import { only, send } from "./authsignal-line.ts";

let lab: Lab;
let person: Person;
beforeAll(async () => {
  lab = await startLab();
  person = await lab.person("passkey");
});
afterEach(() => lab.line.fail(null));
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

const picture = "data:image/svg+xml;base64,PHN2Zy8+";
const elsewhere = "https://icons.example/icon.svg";

/** The icon that our list shows where Authsignal's has these. */
async function iconOf(mapping: object): Promise<unknown> {
  lab.line.fail(
    only(/\/authenticators$/, async (call) => {
      const real = await call.forward();
      const list: { webauthnCredential?: object }[] = JSON.parse(real.body);
      const changed = list.map((one) =>
        one.webauthnCredential === undefined
          ? one
          : {
              ...one,
              webauthnCredential: {
                ...one.webauthnCredential,
                aaguidMapping: { name: "Maker", ...mapping },
              },
            },
      );
      send(call.response, real.status, "application/json", JSON.stringify(changed));
    }),
  );
  const { body } = await person.agent.get(api("listPasskeys")).expect(200);
  expect(body).toMatchObject([{ provider: "Maker" }]);
  return body[0].icon;
}

test("two pictures reach the page", async () => {
  const icon = await iconOf({ svgIconLight: picture, svgIconDark: picture });
  expect(icon).toEqual({ light: picture, dark: picture });
});

test.each([
  ["an address for light pages", { svgIconLight: elsewhere, svgIconDark: picture }],
  ["an address for dark pages", { svgIconLight: picture, svgIconDark: elsewhere }],
  ["two addresses", { svgIconLight: elsewhere, svgIconDark: elsewhere }],
  ["a page instead of a picture", { svgIconLight: picture, svgIconDark: "data:text/html,hello" }],
  ["a picture for light pages alone", { svgIconLight: picture }],
  ["a picture for dark pages alone", { svgIconDark: picture }],
  ["none", {}],
])("an answer with %s gives the page no icon at all", async (_, mapping) => {
  expect(await iconOf(mapping)).toBeNull();
});
