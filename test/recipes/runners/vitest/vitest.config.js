import { defineConfig } from "vitest/config";

const url = "http://localhost:3000/";

export default defineConfig({
  test: {
    environment: "jsdom",
    environmentOptions: {
      jsdom: { url },
      // happy-dom would apply the same-origin policy to the test's own requests.
      happyDOM: { url, settings: { fetch: { disableSameOriginPolicy: true } } },
    },
    // The first call in a process performs a ceremony: on a busy machine more than the ten seconds of Vitest.
    hookTimeout: 60_000,
  },
});
