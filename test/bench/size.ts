/**
 * Says what a browser downloads, by what for: our own code for the first view, everything of ours, the SDK.
 * `node --import tsx test/bench/size.ts` after `npm run build`. Printed, not asserted.
 */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const folder = new URL("../../dist/client/", import.meta.url);
const html = readFileSync(new URL("index.html", folder), "utf8");
const assets = readdirSync(new URL("assets/", folder)).filter((name) => /\.(js|css)$/.test(name));

const gzipped = (name: string) => gzipSync(readFileSync(new URL(`assets/${name}`, folder))).length;
const sourceOf = (name: string) => readFileSync(new URL(`assets/${name}`, folder), "utf8");
const sum = (names: readonly string[]) => names.reduce((bytes, name) => bytes + gzipped(name), 0);
const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`.padStart(8);

/** Loaded by the page itself, and the words of one language. */
const beside = html.match(/<link [^>]*(modulepreload|media="not all")[^>]*>/g)?.join("") ?? "";
const entries = assets.filter((name) => html.includes(name) && !beside.includes(name));
const firstWords = assets.filter((name) => name.startsWith("first-"));
const laterWords = assets.filter(
  (name) => name.startsWith("later-") && sourceOf(name).includes("about.whatText"),
);
const withSdk = assets.filter((name) => sourceOf(name).includes("__as_aid"));
const rest = assets.filter((name) => ![...entries, ...firstWords, ...laterWords, ...withSdk].includes(name));

const largest = (names: readonly string[]) => Math.max(...names.map(gzipped));
const firstView = sum(entries) + largest(firstWords);
const everything = firstView + sum(rest) + largest(laterWords);

console.log("What a browser downloads, gzip:");
for (const name of entries) console.log(`  ${kB(gzipped(name))}  first view: ${name}`);
console.log(`  ${kB(largest(firstWords))}  first view: the words of the wordiest language`);
console.log(`  ${kB(firstView)}  = JavaScript and CSS of the first view (goal: 8 kB)`);
for (const name of rest) console.log(`  ${kB(gzipped(name))}  beside it or when idle: ${name}`);
console.log(`  ${kB(largest(laterWords))}  when idle: the other words of that language`);
console.log(
  `  ${kB(everything)}  = all of ours, except ceremony.ts, which is bundled with the SDK (goal: 30 kB)`,
);
console.log(`  ${kB(sum(withSdk))}  @authsignal/browser with ceremony.ts, beside the first paint`);
console.log(`  ${kB(gzipSync(html).length)}  index.html, with the markup of every view`);
