/** Every language says everything, and the person's is used. */
import { existsSync, readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { remember } from "../../client/dom/local-storage.ts";
import {
  catalogues,
  isLanguage,
  loadLaterWords,
  preferredLanguage,
  t,
  useLanguage,
} from "../../client/words/language.ts";
import type { Message } from "../../client/words/messages.ts";

const folder = `${import.meta.dirname}/../../client/words/languages`;

describe.each(Object.keys(catalogues))("%s", (language) => {
  test.each(["first", "later"] as const)("has exactly the keys and values of English: %s", async (part) => {
    const theirs = await wordsOf(language, part);
    const english = await wordsOf("en", part);
    expect(Object.keys(theirs)).toEqual(Object.keys(english));
    for (const [key, message] of Object.entries(english)) {
      expect(placeholders(theirs[key]), key).toEqual(placeholders(message));
    }
  });
});

test("every folder of words is in use", () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(catalogues).sort());
  expect(existsSync(`${folder}/en/first.ts`)).toBe(true);
});

describe("choosing", () => {
  beforeEach(() => localStorage.clear());
  afterEach(async () => {
    vi.restoreAllMocks();
    await useLanguage("en");
  });

  test.each([
    [["de-CH", "en"], "de"],
    [["fr", "de"], "de"],
    [["en-GB", "de"], "en"],
    [["ja"], "en"],
    [[], "en"],
  ])("for a browser that asks for %j it is %s", (wanted, chosen) => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(wanted);
    expect(preferredLanguage()).toBe(chosen);
  });

  test("what the person chose outranks the browser, also where it cannot be kept", () => {
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

  test("a language that could not be loaded changes nothing", async () => {
    await useLanguage("en", "all");
    vi.spyOn(catalogues.de, "later").mockRejectedValue(new TypeError("offline"));
    await expect(useLanguage("de", "all")).rejects.toThrow();
    expect(document.documentElement.lang).toBe("en");
    expect(t("otp.title")).toBe("Check your email");
  });

  test("words that arrive after another language was chosen do not mix in", async () => {
    const late = loadLaterWords();
    await useLanguage("de", "all");
    await late;
    expect(t("otp.title")).toBe("Prüfen Sie Ihre E-Mails");
  });

  test("the document says which language it is in, and counts are in its grammar", async () => {
    await useLanguage("de");
    await loadLaterWords();
    expect(document.documentElement.lang).toBe("de");
    expect(t("otp.lifetime", { count: 1 })).toBe("Der Code gilt eine Minute.");
    expect(t("otp.lifetime", { count: 5 })).toBe("Der Code gilt 5 Minuten.");
  });
});

async function wordsOf(language: string, part: "first" | "later"): Promise<Record<string, Message>> {
  if (!isLanguage(language)) throw new Error(`No such language: ${language}`);
  if (part === "first") return { ...(await catalogues[language].first()).first };
  return { ...(await catalogues[language].later()).later };
}

function placeholders(message: Message | undefined): string[] {
  const text = typeof message === "string" ? message : (message?.other ?? "");
  return [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
}
