/** Loads what the first view does not need: the other views, and the passkey code with the SDK. */
import { once } from "../api/once.ts";
import { loadLaterWords } from "../words/language.ts";

/** Each part loads at its first call. After a failure the next call tries again. */
export function createLazyParts(firstWords: () => Promise<void>) {
  return {
    views: once(async () => {
      const [views] = await Promise.all([import("./lazy-views.ts"), loadLaterWords()]);
      await views.applyLazyStyles();
      return views;
    }),

    passkeySignIn: once(async () => {
      // The later words include those for failed ceremonies.
      const [{ createPasskeySignIn }] = await Promise.all([
        import("./passkey-sign-in.ts"),
        firstWords().then(loadLaterWords),
      ]);
      return createPasskeySignIn;
    }),
  };
}
