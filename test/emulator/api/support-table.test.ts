import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operations } from "../../../server/emulator/api/operations.ts";
import { readme, withSupportTable } from "./support-table.ts";

test("the support table equals the registers (`npm run emulator:table` writes it)", () => {
  const text = readFileSync(readme, "utf8");
  expect(text).toBe(withSupportTable(text));
});

test("every operation has a name of its own", () => {
  expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length);
});
