/** Once before all browser tests: gets a browser where there is none. A machine that stays without fails the tests. */
import { provideChromium } from "../kit/chromium.ts";

export function setup(): void {
  provideChromium();
}
