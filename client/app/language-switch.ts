/**
 * Lets the person choose a language other than their browser's. Keeps typed text and remembers the choice where storage
 * is allowed. Uses no flags: a language is not a country. Does nothing while a button of the view is busy.
 */
import { remember } from "../dom/local-storage.ts";
import { currentLanguage, isLanguage, type Language, t } from "../words/language.ts";

/** Each in its own language. */
const names: Readonly<Record<Language, string>> = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  es: "Español",
  ar: "العربية",
};

export interface LanguageSwitchDeps {
  /** Loads the words and shows the view again. */
  onChange(language: Language): Promise<void>;
  readonly signal: AbortSignal;
}

export function mountLanguageSwitch({ onChange, signal }: LanguageSwitchDeps): void {
  if (signal.aborted) return;
  const root = document.getElementById("languages");
  if (root === null) return;
  const buttons = Object.entries(names).map(([language, name]) => {
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
    // Showing the view again would lose its task. The task takes a moment, or can be cancelled.
    if (document.querySelector('main button[aria-busy="true"]') !== null) return;
    const typed = fields().map(({ id, value }) => ({ id, value }));
    try {
      await onChange(language);
      remember("language", language);
    } catch {
      // Without the new words the old language stays.
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
    root?.setAttribute("aria-label", t("app.language"));
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.lang === currentLanguage()));
  }
}
