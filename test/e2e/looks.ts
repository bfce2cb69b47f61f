/** The looks in which the tour is taken: colours, widths, languages, sizes of text. */
import type { Look } from "./app.ts";

const wide = { width: 1280, height: 800 };
// 1280 px at a zoom of 400 % is the same.
const narrow = { width: 320, height: 640 };

export const looks: Readonly<Record<string, Look>> = {
  "light at 1280 px": { colorScheme: "light", viewport: wide },
  "dark at 768 px": { colorScheme: "dark", viewport: { width: 768, height: 1024 } },
  "at 320 px": { colorScheme: "light", viewport: narrow },
  "dark at 320 px in German": { colorScheme: "dark", viewport: narrow, language: "de" },
  "in Arabic at 1280 px": { colorScheme: "light", viewport: wide, language: "ar" },
  "dark at 320 px in Arabic": { colorScheme: "dark", viewport: narrow, language: "ar" },
  "at 320 px in French": { colorScheme: "light", viewport: narrow, language: "fr" },
  "at 768 px in Spanish": { colorScheme: "light", viewport: { width: 768, height: 1024 }, language: "es" },
  "in forced colours": { viewport: wide, forcedColors: "active" },
  "with text at 200 %": { viewport: { width: 768, height: 1024 }, textSize: "200%" },
};
