/** Which view is there when screens load slowly, fail to load, or are left while they load. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRouter, type Screen } from "../../client/app/router.ts";
import { gate } from "../kit/gate.ts";
import { openPage } from "./page.ts";

let root: HTMLElement;
let life: AbortController;
beforeEach(() => {
  root = openPage();
  life = new AbortController();
  history.replaceState(null, "", "/start");
});
afterEach(() => life.abort());

function screen(text: string): Screen {
  return {
    title: "signIn.title",
    mount(into) {
      into.textContent = text;
      return () => into.replaceChildren();
    },
  };
}

type Path = "/start" | "/slow" | "/quick";

/** A router whose screen at `/slow` is there, or fails, when the test says so. */
function slowRouter() {
  const loaded = gate();
  const failing = { isLost: false };
  const router = createRouter<Path>({
    root,
    screens: {
      "/start": () => screen("start"),
      "/slow": async () => {
        await loaded.opened;
        if (failing.isLost) throw new Error("The network is gone.");
        return screen("slow");
      },
      "/quick": () => screen("quick"),
    },
    resolve: (wanted) => (wanted === "/slow" || wanted === "/quick" ? wanted : "/start"),
    onLoadFailure: (into) => {
      into.textContent = "could not be loaded";
    },
    signal: life.signal,
  });
  return { router, letLoad: loaded.open, failing };
}

test("a screen that arrives after the person has gone on to another view is not shown", async () => {
  const { router, letLoad } = slowRouter();
  await router.show();
  const slow = router.go("/slow");
  await router.go("/quick");
  letLoad();
  await slow;
  expect(root.textContent).toBe("quick");
  expect(location.pathname).toBe("/quick");
});

test("a screen that fails to load after the person has gone on to another view takes nothing away", async () => {
  const { router, letLoad, failing } = slowRouter();
  failing.isLost = true;
  const slow = router.go("/slow");
  await router.go("/quick");
  letLoad();
  await slow;
  expect(root.textContent).toBe("quick");
});

test("the view before stays until a slow screen is there, and goes then", async () => {
  const { router, letLoad } = slowRouter();
  await router.show();
  const slow = router.go("/slow");
  expect(root.textContent).toBe("start");
  letLoad();
  await slow;
  expect(root.textContent).toBe("slow");
});

test("a screen that arrives after the app has ended is not shown", async () => {
  const { router, letLoad } = slowRouter();
  await router.show();
  const slow = router.go("/slow");
  life.abort();
  letLoad();
  await slow;
  expect(root.textContent).toBe("");
});

test("a screen that fails to load says so in the place of the view before", async () => {
  const { router, letLoad, failing } = slowRouter();
  failing.isLost = true;
  await router.show();
  letLoad();
  await router.go("/slow");
  expect(root.textContent).toBe("could not be loaded");
});
