/** The network guard as a Vitest setup file. */
import { afterEach } from "vitest";
import { guardSuite } from "./guard-suite.ts";

guardSuite(afterEach);
