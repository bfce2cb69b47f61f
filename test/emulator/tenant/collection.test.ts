import { expect, test } from "vitest";
import { createCollection, type Expiring } from "../../../server/emulator/tenant/collection.ts";
import { enrollEmail, enrolled, runEmulator } from "../running-emulator.ts";

interface Owned {
  readonly owner: string;
  readonly uses: number;
}

function collectionOf(...keys: readonly string[]) {
  const collection = createCollection<Owned & Expiring>({
    name: "owned",
    isRecord: (value): value is Owned => typeof value === "object",
    indexes: { owner: ({ owner }) => owner },
  });
  for (const [uses, key] of keys.entries()) collection.put(key, { owner: "ada", uses });
  return collection;
}

test("records of an index stay oldest first when one is replaced", () => {
  const collection = collectionOf("a", "b", "c");
  collection.put("a", { owner: "ada", uses: 9 });
  expect(collection.where("owner", "ada").map(({ uses }) => uses)).toEqual([9, 1, 2]);
});

test("a record that leaves an index and returns keeps its age, and one that is created again does not", () => {
  const collection = collectionOf("a", "b");
  collection.put("a", { owner: "bo", uses: 0 });
  collection.put("a", { owner: "ada", uses: 7 });
  expect(collection.where("owner", "ada").map(({ uses }) => uses)).toEqual([7, 1]);
  collection.delete("a");
  collection.put("a", { owner: "ada", uses: 8 });
  expect(collection.where("owner", "ada").map(({ uses }) => uses)).toEqual([1, 8]);
});

const running = runEmulator();

test("using a passkey does not change the order of a user's authenticators", async () => {
  const { userId, client } = await enrolled(running);
  await enrollEmail(running, userId, `${userId}@example.com`);
  await client.signIn({ action: "sign-in" });
  const methods = (await running.authsignal.getAuthenticators({ userId })).map(
    (one) => one.verificationMethod,
  );
  expect(methods).toEqual(["PASSKEY", "EMAIL_OTP"]);
});
