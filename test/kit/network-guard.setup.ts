/** The network guard as a Vitest setup file. It stands for one file: without isolation the next file puts up its own. */
import { afterAll, afterEach } from "vitest";
import { guardSuite } from "./guard-suite.ts";

const guard = guardSuite(afterEach);
afterAll(() => guard.release());
