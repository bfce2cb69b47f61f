/** The languages of notices. Another one is a file here, and a line below. */
import { arabic } from "./ar.ts";
import { german } from "./de.ts";
import { english } from "./en.ts";
import { spanish } from "./es.ts";
import { french } from "./fr.ts";
import type { NoticeLanguage } from "./words.ts";

export const languages: Readonly<Record<string, NoticeLanguage>> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  ar: arabic,
};

export interface ChosenLanguage {
  /** Such as `de`. */
  readonly code: string;
  readonly words: NoticeLanguage;
}

/**
 * English where none of them has words here.
 * @param wanted language tags, best first, such as `de-AT`
 */
export function chooseLanguage(wanted: readonly string[]): ChosenLanguage {
  for (const tag of wanted) {
    const [code = ""] = tag.toLowerCase().split("-");
    const words = Object.hasOwn(languages, code) ? languages[code] : undefined;
    if (words !== undefined) return { code, words };
  }
  return { code: "en", words: english };
}
