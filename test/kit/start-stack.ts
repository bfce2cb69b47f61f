/**
 * The app of this repository in one process, with the emulator in the place of Authsignal. As many stacks as wanted
 * may run side by side.
 */

import type { Emulator } from "../../server/emulator/index.ts";
import { loadOptional } from "../../server/http/optional-package.ts";
import { checkContract } from "./contract-check.ts";
import type { Agent, Flows } from "./flows.ts";
import type { InstanceOptions, StackParts } from "./stack.ts";

/** Settings of tenant, router and pages. */
export type StackOptions = Pick<StackParts, "tenant" | "deadlineMs" | "policies" | "pagesFolder">;

export interface Stack extends Flows {
  /** The app's origin, `http://localhost:<port>`. */
  readonly origin: string;
  readonly emulator: Emulator;
  /** What the browser SDK would be configured with. */
  readonly browser: { readonly tenantId: string; readonly baseUrl: string; readonly rpId: string };
  /** A new browser, as far as supertest goes: it keeps cookies and says which origin its page has. */
  agent(): Agent;
  /** Starts another instance of the app on the same storage, as behind a load balancer. */
  startInstance(options?: InstanceOptions): Promise<{ agent(): Agent }>;
  /** Takes Authsignal away in mid-flow: from now on nobody answers at its address. */
  stopEmulator(): Promise<void>;
  /** Moves the clock of app and emulator forward. */
  advance(milliseconds: number): void;
  /** The app's log lines so far. */
  logs(): readonly string[];
  /** The secrets, tokens, codes and addresses of this stack's flows that its log lines contain. Must be none. */
  leaks(): readonly string[];
  /** Stops everything. */
  close(): Promise<void>;
}

/** Starts app and emulator. Close what you start. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  // With the first stack: the whole app costs more to load than the rest of the kit.
  const [{ buildStack }, { default: request }] = await Promise.all([
    import("./stack.ts"),
    loadOptional("startStack", ["supertest"], () => import("supertest")),
  ]);
  const stack = await buildStack(options);
  const agentOf = (target: string): Agent =>
    request.agent(target).set("Origin", stack.origin).use(checkContract("/api"));
  return {
    origin: stack.origin,
    emulator: stack.emulator,
    browser: stack.browser,
    agent: () => agentOf(stack.url),
    async startInstance(instance) {
      const url = await stack.startInstance(instance);
      return { agent: () => agentOf(url) };
    },
    stopEmulator: stack.stopEmulator,
    advance: stack.advance,
    logs: stack.log.lines,
    leaks: stack.log.leaks,
    ...stack.flows,
    close: stack.close,
  };
}
