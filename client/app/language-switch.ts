/**
 * needs:    an element with id="languages" in index.html, language.ts.
 * does:     lets the person choose another language than their browser's; keeps what is typed; remembers the choice,
 *           where storage is allowed.
 * must not: use flags: a language is not a country. Must not change anything while a button of the view is at work.
 */
import { remember } from "../dom/local-storage.ts";
import { catalogues, currentLanguage, isLanguage, type Language } from "../words/language.ts";

export interface LanguageSwitchDeps {
  /** Loads the words and shows the view again. */
  onChange(language: Language): Promise<void>;
  readonly signal: AbortSignal;
}

export function mountLanguageSwitch({ onChange, signal }: LanguageSwitchDeps): void {
  if (signal.aborted) return;
  const root = document.getElementById("languages");
  if (root === null) return;
  const buttons = Object.entries(catalogues).map(([language, { name }]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.lang = language;
    button.textContent = name;
    button.addEventListener("click", () => void choose(language), { signal });
    return button;
  });
  root.replaceChildren(...buttons);
  update();

  async function choose(language: string): Promise<void> {
    if (!isLanguage(language) || language === currentLanguage()) return;
    // A view that is made anew forgets what it was doing. It takes a moment, or has a Cancel.
    if (document.querySelector('main button[aria-busy="true"]') !== null) return;
    const typed = fields().map(({ id, value }) => ({ id, value }));
    try {
      await onChange(language);
      remember("language", language);
    } catch {
      // Without the new words everything stays as it is.
    }
    for (const { id, value } of typed) {
      const field = fields().find((one) => one.id === id);
      if (field !== undefined) field.value = value;
    }
    update();
  }

  function fields(): HTMLInputElement[] {
    return [...document.querySelectorAll<HTMLInputElement>("main input")];
  }

  function update(): void {
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.lang === currentLanguage()));
  }
}
