/** Loads what the first view does not need: the other views, and the passkey code with the SDK. */
import { once } from "../../http/once.ts";
import { loadLaterWords } from "../../words/language.ts";
import { fillFromTemplate } from "../../words/template.ts";

/** Each part loads at its first call. After a failure the next call tries again. */
export function createLazyParts(firstWords: () => Promise<void>) {
  return {
    views: once(async () => {
      const [views] = await Promise.all([import("./lazy-views.ts"), loadLaterWords()]);
      await views.applyLazyStyles();
      return views;
    }),

    sessionWatch: once(async () => (await import("./lazy-views.ts")).watchSession),

    passkeySignIn: once(async () => {
      // The later words include those for failed ceremonies.
      const [{ createPasskeySignIn }] = await Promise.all([
        import("./passkey-part.ts"),
        firstWords().then(loadLaterWords),
      ]);
      return createPasskeySignIn;
    }),
  };
}

/** Shows that a part could not be loaded. Its words are in index.html, because the catalogue may be what failed. */
export function showLoadFailure(root: HTMLElement, retry: () => void): void {
  fillFromTemplate(root, "load-failure");
  root.querySelector("h1")?.focus();
  root.querySelector("button")?.addEventListener("click", retry, { once: true });
}
