/**
 * needs:    `<link id="lazy-styles" rel="stylesheet" media="not all">`, which vite.config.ts puts into index.html. A
 *           browser loads such a sheet from the start, behind everything else and in nobody's way.
 * does:     puts the sheet in force, after the styles of the first view. `style-src 'self'` is enough for that.
 * must not: resolve before the sheet is there: a view without its styles jumps. A page without the link has the styles
 *           in another way.
 */
import href from "../styles/lazy.css?url";

export async function applyLazyStyles(): Promise<void> {
  const waiting = document.getElementById("lazy-styles");
  if (waiting === null) return;
  // A link of its own tells for certain whether it was loaded; the file is in the cache, or on its way already.
  const applied = document.createElement("link");
  applied.rel = "stylesheet";
  applied.href = href;
  try {
    await new Promise((resolve, reject) => {
      applied.addEventListener("load", resolve, { once: true });
      applied.addEventListener("error", reject, { once: true });
      document.head.append(applied);
    });
  } catch (cause) {
    applied.remove();
    throw new Error("The styles of the later views cannot be loaded.", { cause });
  }
  waiting.remove();
}
