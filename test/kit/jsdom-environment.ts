/**
 * jsdom for suites that hold the page and the whole stack in one process. Three things of Vitest's own jsdom
 * environment a server cannot live with: modules load as in a browser, where `import.meta.url` is no file;
 * XMLHttpRequest makes the server's HTTP client believe that it runs in a page; and jsdom's byte arrays are not
 * those that Node's own bytes are made of. Neither the app nor the browser SDK misses them.
 */
import { builtinEnvironments, type Environment } from "vitest/runtime";

const { jsdom } = builtinEnvironments;

const environment: Environment = {
  name: "jsdom-with-server",
  viteEnvironment: "ssr",
  async setup(global, options) {
    const nodeBytes = {
      ArrayBuffer,
      Uint8Array,
      Uint8ClampedArray,
      Uint16Array,
      Uint32Array,
      Int8Array,
      Int16Array,
      Int32Array,
      Float32Array,
      Float64Array,
    };
    const page = await jsdom.setup(global, options);
    Object.assign(global, nodeBytes);
    Reflect.deleteProperty(global, "XMLHttpRequest");
    return page;
  },
};

// biome-ignore lint/style/noDefaultExport: Vitest takes an environment by its default export.
export default environment;
