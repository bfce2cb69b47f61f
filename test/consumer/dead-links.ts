/** Documents are written for the repository; a package holds a part of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * @param folder where the document is
 * @returns the document, with the text alone of each link to a file that is not there, and without such pictures
 */
export function withoutDeadLinks(markdown: string, folder: string): string {
  const isDead = (target: string): boolean =>
    !/^(\w+:|#)/.test(target) && !existsSync(join(folder, target.replace(/#.*$/, "")));
  return markdown
    .replace(/!\[[^\]]*\]\(([^)\s]+)[^)]*\)/g, (whole, target: string) => (isDead(target) ? "" : whole))
    .replace(/\[([^\]]*)\]\(([^)\s]+)\)/g, (whole, text: string, target: string) =>
      isDead(target) ? text : whole,
    )
    .replace(/<(?:img|source)\b[^>]*?\b(?:src|srcset)="([^"]+)"[^>]*>/g, (whole, target: string) =>
      isDead(target) ? "" : whole,
    );
}

/** @returns the targets of links in the document that lead to no file */
export function deadLinksIn(markdown: string, folder: string): readonly string[] {
  // A listing is somebody else's page.
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, "");
  const links = [
    ...prose.matchAll(/\]\(([^)\s]+)[^)]*\)/g),
    ...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g),
  ];
  return links
    .map(([, target = ""]) => target)
    .filter((target) => !/^(\w+:|#)/.test(target) && !existsSync(join(folder, target.replace(/#.*$/, ""))));
}
