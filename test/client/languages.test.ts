/** Each language is complete, and the person's language is used. */
import { existsSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { remember } from "../../client/dom/local-storage.ts";
import { ApiError } from "../../client/http/api.ts";
import { explainError } from "../../client/words/failures.ts";
import {
  catalogues,
  isLanguage,
  loadLaterWords,
  preferredLanguage,
  t,
  useLanguage,
} from "../../client/words/language.ts";
import type { Message } from "../../client/words/messages.ts";
import { problemCodes } from "../../shared/problem.ts";

const folder = `${import.meta.dirname}/../../client/words/languages`;

describe.each(Object.keys(catalogues))("The language %s", (language) => {
  test.each(["first", "later"] as const)(
    `The words "%s" of ${language} have the keys and placeholders of the English ones`,
    async (part) => {
      const theirs = await wordsOf(language, part);
      const english = await wordsOf("en", part);
      expect(Object.keys(theirs)).toEqual(Object.keys(english));
      for (const [key, message] of Object.entries(english)) {
        expect(placeholders(theirs[key]), key).toEqual(placeholders(message));
      }
    },
  );
});

test("Each error code of the API has words of its own, but the codes of a wrong request, which ask for a reload", async () => {
  await useLanguage("en", "all");
  const wrongRequests = [
    "validation_failed",
    "malformed_json",
    "payload_too_large",
    "unsupported_media_type",
    "cross_site_request",
    "not_found",
  ];
  const reload = problemCodes.filter((code) => explainError(new ApiError(code)) === t("problem.rejected"));
  expect(reload.sort()).toEqual(wrongRequests.sort());
});

test("Each folder of languages/ is in the catalogue", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(catalogues).sort());
  expect(existsSync(`${folder}/en/first.ts`)).toBe(true);
});

describe("the choice of a language", () => {
  beforeEach(() => localStorage.clear());
  afterEach(async () => {
    vi.restoreAllMocks();
    await useLanguage("en");
  });

  test.each([
    [["de-CH", "en"], "de"],
    [["ja", "de"], "de"],
    [["fr-CA"], "fr"],
    [["es-419"], "es"],
    [["ar-EG"], "ar"],
    [["en-GB", "de"], "en"],
    [["ja"], "en"],
    [[], "en"],
  ])("A browser that asks for %j gets the language %s", (wanted, chosen) => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(wanted);
    expect(preferredLanguage()).toBe(chosen);
  });

  test("The person's choice outranks the browser's languages, and blocked storage falls back to them", () => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["en"]);
    remember("language", "de");
    expect(preferredLanguage()).toBe("de");
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    remember("language", "de");
    expect(preferredLanguage()).toBe("en");
  });

  test("A language that cannot be loaded changes nothing", async () => {
    await useLanguage("en", "all");
    vi.spyOn(catalogues.de, "later").mockRejectedValue(new TypeError("offline"));
    await expect(useLanguage("de", "all")).rejects.toThrow();
    expect(document.documentElement.lang).toBe("en");
    expect(t("otp.title")).toBe("Check your email");
  });

  test("Words that arrive after a change of language are not mixed in", async () => {
    const late = loadLaterWords();
    await useLanguage("de", "all");
    await late;
    expect(t("otp.title")).toBe("Prüfen Sie Ihre E-Mails");
  });

  test("The document's lang attribute and the plural forms follow the language", async () => {
    await useLanguage("de");
    await loadLaterWords();
    expect(document.documentElement.lang).toBe("de");
    expect(t("otp.lifetime", { count: 1 })).toBe("Der Code gilt eine Minute.");
    expect(t("otp.lifetime", { count: 5 })).toBe("Der Code gilt 5 Minuten.");
  });

  test("Arabic has its direction and its plural forms", async () => {
    await useLanguage("ar", "all");
    expect(document.documentElement.dir).toBe("rtl");
    const forms = [1, 2, 5, 11].map((count) => t("otp.lifetime", { count }));
    expect(forms).toEqual([
      "الرمز صالح لمدة دقيقة واحدة.",
      "الرمز صالح لمدة دقيقتين.",
      "الرمز صالح لمدة 5 دقائق.",
      "الرمز صالح لمدة 11 دقيقة.",
    ]);
    await useLanguage("en", "all");
    expect(document.documentElement.dir).toBe("ltr");
  });
});

async function wordsOf(language: string, part: "first" | "later"): Promise<Record<string, Message>> {
  if (!isLanguage(language)) throw new Error(`No such language: ${language}`);
  if (part === "first") return { ...(await catalogues[language].first()).first };
  return { ...(await catalogues[language].later()).later };
}

/** Of the form for many: the forms for one and two may have the number in words. */
function placeholders(message: Message | undefined): string[] {
  const text = typeof message === "string" ? message : (message?.other ?? "");
  return [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
}
