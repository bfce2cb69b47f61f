/** A package that only some hosts need, and that is not there. */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { loadOptional, MissingPackageError } from "../../../server/http/optional-package.ts";

const require = createRequire(import.meta.url);
const missing = "a-package-that-nobody-installed";

test.each<[string, () => Promise<unknown>]>([
  ["import", () => import(/* @vite-ignore */ missing)],
  ["require", async () => require(missing)],
])("A package that is missing for %s is one sentence that says what to install", async (_, load) => {
  const failure = await loadOptional("Redis", ["redis", missing], load).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MissingPackageError);
  expect(failure).toMatchObject({
    message: `Redis needs redis and ${missing} from npm: run "npm install redis ${missing}".`,
    code: "ERR_MODULE_NOT_FOUND",
  });
});

test.each([
  `authsignal-passkeys-express tried to access ${missing} (a peer dependency) but it isn't provided by your application`,
  `authsignal-passkeys-express tried to access ${missing}, but it isn't declared in its dependencies`,
])("A package that Yarn does not provide is the same sentence: %s", async (words) => {
  const load = () => Promise.reject(Object.assign(new Error(words), { code: "MODULE_NOT_FOUND" }));
  await expect(loadOptional("Redis", [missing], load)).rejects.toBeInstanceOf(MissingPackageError);
  await expect(loadOptional("Redis", ["a-package"], load)).rejects.toThrow(words);
});

test.each([
  ["another package", "a-package-of-the-driver"],
  ["a file inside the package", `${missing}/lib/absent.js`],
])("A fault while loading %s keeps its own words", async (_, name) => {
  const load = async () => require(name);
  await expect(loadOptional("Redis", [missing], load)).rejects.toThrow(`Cannot find module '${name}'`);
});

test("A package that is there is handed over", async () => {
  const loaded = await loadOptional("Redis", ["redis"], () => import("redis"));
  expect(loaded.createClient).toBeTypeOf("function");
});
