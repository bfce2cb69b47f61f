/** The pictures in the READMEs. Where they are stale, the run takes new ones; in CI, which keeps nothing, it says so. */
import { expect, test } from "vitest";
import { arePicturesStale, takePictures } from "./pictures.ts";

test("the pictures in the READMEs show the views as they are", { timeout: 120_000 }, async () => {
  if (arePicturesStale() && !process.env.CI) await takePictures();
  expect(arePicturesStale(), "stale: take new ones with `npm run e2e`, and commit client/screenshots/").toBe(
    false,
  );
});
