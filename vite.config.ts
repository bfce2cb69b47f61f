/**
 * One file for all: how the SPA is built (Vite's root is `client`), how the server's entries are bundled (`--mode
 * server`, `--mode commonjs:<package>`), and how the suites run (Vitest's root is the repository; a Vite root would silently become
 * Vitest's).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { HtmlTagDescriptor, IndexHtmlTransformContext, Plugin, UserConfig } from "vite";
import { defineConfig } from "vitest/config";
import { type PackageDescription, packages, routerPackage } from "./test/consumer/packages.ts";

const repository = import.meta.dirname;
/** Tests of the kit that need a document. */
const pageTests = "test/kit/**/*.page.test.ts";
/** Tests that start programs: each start costs a second of CPU, and most of the programs have to be built first. */
const processTests = "test/{server,emulator}/**/*.process.test.ts";
/** A shared machine may be slow; a test that waits for something ends when it is there, not later. */
const patient = { expect: { poll: { timeout: 8_000 } }, testTimeout: 30_000, hookTimeout: 60_000 };
const networkGuard = "test/kit/network-guard.setup.ts";
/** Fails a file that leaves something behind for the files that share its process. */
const sharedProcess = "test/kit/shared-process.setup.ts";

/**
 * The server's entries as few files: a third of the CPU until the first answer, because Node resolves some
 * twenty files instead of some eight hundred. Native packages and optional drivers stay outside. Reads the sources and
 * overwrites what tsc emitted for the entries; every other emitted file is for those who import the package.
 */
const serverEntries: UserConfig = {
  root: repository,
  publicDir: false,
  ssr: {
    noExternal: true,
    external: ["@opentelemetry/api", "libsql", "pg", "redis", "prom-client", "vite", "selfsigned"],
  },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist/server",
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: { main: "server/main.ts", local: "server/local.ts" },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].bundle.js" },
    },
  },
};

/**
 * The kit loads the router from its package: it has to share one copy of the modules with the app under test
 * (test/kit/router.ts).
 */
const routerAsPackage: Plugin = {
  name: "router-as-package",
  enforce: "pre",
  resolveId: (source) =>
    source === "../../server/index.ts" ? { id: routerPackage.name, external: true } : null,
};

/**
 * A package's entries for `require()`, and for runners such as Jest that load CommonJS only: no `import.meta` and no
 * `import()` is left in them, and `jose`, which has no CommonJS, is inside.
 */
const commonJsEntries = ({ entries }: PackageDescription): UserConfig => ({
  root: repository,
  publicDir: false,
  plugins: [routerAsPackage],
  ssr: { external: true, noExternal: ["jose"] },
  build: {
    ssr: true,
    target: "node20",
    outDir: "dist/commonjs",
    minify: false,
    rolldownOptions: {
      // Else an entry also exports what other entries share with it.
      preserveEntrySignatures: "strict",
      input: Object.fromEntries(
        Object.values(entries).map(({ commonJs, source }) => [commonJs, `${source}.ts`]),
      ),
      output: {
        format: "cjs",
        dynamicImportInCjs: false,
        entryFileNames: "[name].js",
        chunkFileNames: "[name].bundle.js",
      },
    },
  },
});

/**
 * Removes the helper that Vite wraps around every `import()`: a twelfth of the first view. index.html links what the
 * helper would load, with a low priority: the passkey code with the SDK, and the styles of the later views
 * (lazy-styles.ts).
 */
let base = "/";
const lightImports: Plugin = {
  name: "light-imports",
  configResolved(config) {
    base = config.base;
  },
  load: (id) =>
    id.endsWith("vite/preload-helper.js") ? "export const __vitePreload = (load) => load();" : null,
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle }) => [
      stylesheetFor(bundle === undefined ? "styles/lazy.css" : outputNamed(bundle, "lazy.css").fileName),
      ...(bundle === undefined ? [] : passkeyFiles(bundle).map(preloadFor)),
    ],
  },
};

type Bundle = NonNullable<IndexHtmlTransformContext["bundle"]>;

function outputNamed(bundle: Bundle, name: string): Bundle[string] {
  const found = Object.values(bundle).find((output) =>
    output.type === "asset" ? output.names.includes(name) : output.name === name,
  );
  if (found === undefined) throw new Error(`The build has no "${name}" any more.`);
  return found;
}

/** The part itself, and what it shares with the later views. */
function passkeyFiles(bundle: Bundle): readonly string[] {
  const part = outputNamed(bundle, "passkey-part");
  const imported = part.type === "chunk" ? part.imports : [];
  const isEntry = (file: string) =>
    Object.values(bundle).some(
      (output) => output.fileName === file && output.type === "chunk" && output.isEntry,
    );
  return [part.fileName, ...imported.filter((file) => !isEntry(file))];
}

function stylesheetFor(file: string): HtmlTagDescriptor {
  const attrs = { id: "lazy-styles", rel: "stylesheet", media: "not all", href: `${base}${file}` };
  return { tag: "link", attrs, injectTo: "head" };
}

function preloadFor(file: string): HtmlTagDescriptor {
  const attrs = { rel: "modulepreload", href: `${base}${file}`, crossorigin: true, fetchpriority: "low" };
  return { tag: "link", attrs, injectTo: "head" };
}

/**
 * Puts the sign-in form into the page itself, so that its field can be used before any script or answer is there. The
 * paths of other views get the same page without it (server/app/pages.ts).
 */
const formInPage: Plugin = {
  name: "form-in-page",
  enforce: "post",
  transformIndexHtml: {
    order: "post",
    handler: (html) =>
      html.replace(emptyMain, `<main id="view" class="page" data-view="sign-in-view">${formOf(html)}</main>`),
  },
  writeBundle({ dir = "" }) {
    // The icon in the page: browsers ask for it twice.
    const html = readFileSync(join(dir, "index.html"), "utf8").replace(/(?<=rel="icon" href=")[^"]*/, () =>
      iconAsData(),
    );
    writeFileSync(join(dir, "index.html"), html);
    writeFileSync(join(dir, "other.html"), html.replace(/<main id="view"[\s\S]*?<\/main>/, emptyMain));
  },
};

/** Compresses once, as small as it gets, what would be compressed at each request (server/app/pages.ts). */
const compressed: Plugin = {
  name: "compressed",
  writeBundle({ dir = "" }, bundle) {
    for (const { fileName } of Object.values(bundle)) {
      if (!/^assets\/.*\.(js|css)$/.test(fileName)) continue;
      const file = join(dir, fileName);
      const text = readFileSync(file);
      writeFileSync(`${file}.br`, brotliCompressSync(text));
      writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
    }
  },
};

function iconAsData(): string {
  const svg = readFileSync(join(repository, "client/icons/logo.svg"), "utf8");
  return `data:image/svg+xml,${encodeURIComponent(svg.trim())}`;
}

const emptyMain = '<main id="view" class="page"></main>';

function formOf(html: string): string {
  const form = /<template id="sign-in-view">([\s\S]*?)<\/template>/.exec(html)?.[1];
  if (form === undefined || !html.includes(emptyMain))
    throw new Error("index.html has no form or no place for it.");
  return form;
}

const suites = defineConfig({
  root: "client",
  plugins: [lightImports, formInPage, compressed],
  // The development server hands out what a page needs. Vite's default is the repository, with the data folder and the
  // server's sources.
  server: { fs: { allow: ["client", "shared", "node_modules"].map((folder) => `${repository}/${folder}`) } },
  build: {
    outDir: "../dist/client",
    emptyOutDir: true,
    // Icons are smaller inside the stylesheet than as files, and are there with the first paint. The CSP has to
    // allow `img-src data:`, as it does for the provider icons.
    assetsInlineLimit: (file) => file.endsWith(".svg"),
    modulePreload: false,
    sourcemap: true,
  },
  test: {
    root: repository,
    // Two cores are what CI has.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "server",
          root: repository,
          include: ["test/{server,emulator,kit,mount}/**/*.test.ts", "test/*.test.ts"],
          exclude: [pageTests, processTests],
          environment: "node",
          // One import of Express, the SDKs and libsql per worker instead of one per file: a third of the CPU. Every file
          // has servers and storage of its own, and `sharedProcess` holds what they share as it was.
          isolate: false,
          setupFiles: [networkGuard, sharedProcess],
          ...patient,
        },
      },
      {
        test: {
          name: "client",
          root: repository,
          include: ["test/client/**/*.test.ts", pageTests],
          environment: "./test/kit/jsdom-environment.ts",
          environmentOptions: { jsdom: { url: "http://localhost:3000/" } },
          setupFiles: [networkGuard],
          ...patient,
        },
      },
      {
        test: {
          name: "processes",
          root: repository,
          include: [processTests],
          environment: "node",
          setupFiles: [networkGuard],
          ...patient,
        },
      },
      {
        test: {
          name: "package",
          root: repository,
          include: ["test/consumer/*.test.ts"],
          environment: "node",
          setupFiles: [networkGuard],
          globalSetup: ["test/consumer/packed.setup.ts"],
          // Compilers and bundlers are heavy neighbours: after the suites, before the browser.
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          root: repository,
          include: ["test/e2e/**/*.test.ts"],
          environment: "node",
          setupFiles: [networkGuard],
          globalSetup: ["test/e2e/browser.setup.ts"],
          // A browser is a heavy neighbour: after everything else, one file at a time.
          sequence: { groupOrder: 2 },
          fileParallelism: false,
          ...patient,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

const builds: Readonly<Record<string, UserConfig>> = {
  server: serverEntries,
  ...Object.fromEntries(packages.map((one) => [`commonjs:${one.name}`, commonJsEntries(one)])),
};

export default defineConfig(({ mode }) => builds[mode] ?? suites);
