/**
 * Puts the styles of the later views in force. vite.config.ts adds `<link id="lazy-styles" media="not all">` to the
 * page, which browsers load with low priority and do not apply. Resolves when the styles apply, so that no view jumps.
 * A build without that plugin adds the styles here, and does not wait for them.
 */
import href from "../../styles/lazy.css?url";

export async function applyLazyStyles(): Promise<void> {
  const waiting = document.getElementById("lazy-styles");
  // Only a new link reports whether the file was loaded. The file is in the cache, or loading already.
  const applied = document.createElement("link");
  applied.rel = "stylesheet";
  applied.href = href;
  if (waiting === null) {
    document.head.append(applied);
    return;
  }
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
