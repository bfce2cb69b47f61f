/**
 * needs:    an element with id="languages" in index.html, language.ts.
 * does:     lets the person choose another language than their browser's; remembers that, where storage is allowed.
 * must not: use flags: a language is not a country.
 */
import { catalogues, currentLanguage, isLanguage, type Language, rememberLanguage } from "./language.ts";

export interface LanguageSwitchDeps {
  /** Loads the words and shows the view again. */
  onChange(language: Language): Promise<void>;
  readonly signal: AbortSignal;
}

export function mountLanguageSwitch({ onChange, signal }: LanguageSwitchDeps): void {
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
    // Without the new words everything stays as it is.
    await onChange(language).then(
      () => rememberLanguage(language),
      () => {},
    );
    update();
  }

  function update(): void {
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.lang === currentLanguage()));
  }
}
