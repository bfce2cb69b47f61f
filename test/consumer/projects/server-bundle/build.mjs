/**
 * The API of ADDING.md and its suite, with `app.js` as one file. The host has no driver but libsql, which is native and
 * stays outside. `node build.mjs <bundler> <format>`
 */
import { writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import webpack from "webpack";

const [, , bundler, format] = process.argv;
const outfile = format === "cjs" ? "built/app.cjs" : "built/app.js";

await esbuild.build({ entryPoints: ["app.test.ts"], outdir: "built" });
await (bundler === "webpack" ? byWebpack() : byEsbuild());
if (format === "cjs") await writeFile("built/app.js", 'export { createApp } from "./app.cjs";');

async function byEsbuild() {
  // Express is CommonJS, and an ES module has no `require`.
  const js = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  await esbuild.build({
    entryPoints: ["app.ts"],
    bundle: true,
    platform: "node",
    external: ["libsql"],
    format,
    outfile,
    banner: format === "esm" ? { js } : {},
  });
}

async function byWebpack() {
  await esbuild.build({ entryPoints: ["app.ts"], outdir: "." });
  const options = {
    mode: "none",
    target: "node20",
    entry: "./app.js",
    externals: { libsql: "module libsql" },
    experiments: { outputModule: true },
    output: { path: import.meta.dirname, filename: outfile, library: { type: "module" } },
  };
  await new Promise((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (error !== null) reject(error);
      else if (stats.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
      else resolve();
    });
  });
}
