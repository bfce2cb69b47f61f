/** server/passkeys/ERRORS.md has every problem code, with the words of the API, of this SPA and of the guide in code. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ApiError } from "../../client/http/api.ts";
import { explainError } from "../../client/words/failures.ts";
import { useLanguage } from "../../client/words/language.ts";
import { problemTable } from "../../server/http/errors.ts";
import { problemGuide } from "../../server/http/problem-pages/problem-guide.ts";
import { type ProblemCode, problemCodes } from "../../shared/problem.ts";

const catalogue = readFileSync(`${import.meta.dirname}/../../server/passkeys/ERRORS.md`, "utf8");

function sectionOf(code: ProblemCode): string {
  const { status, title } = problemTable[code];
  const { cause, remedy } = problemGuide[code];
  const problem = {
    type: `/problems/${code}`,
    title,
    status,
    code,
    requestId: "the request id",
    retryAfter: 60,
  };
  const words = explainError(new ApiError(code, problem));
  return [
    `### ${code}`,
    "",
    `${status}, “${title}”`,
    "",
    `- **Cause:** ${cause}`,
    `- **The person sees:** “${words}”`,
    `- **What to do:** ${remedy}`,
  ].join("\n");
}

test("ERRORS.md has a section for each problem code, in the order of the contract", async () => {
  await useLanguage("en", "all");
  const sections = catalogue.slice(catalogue.indexOf("### ")).trim();
  expect(sections).toBe(problemCodes.map(sectionOf).join("\n\n"));
});
