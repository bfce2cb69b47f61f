import type { ControlOperation } from "./control/control.ts";
import { messageJson, type SentMessage, sentMessage } from "./control/messages.ts";
import { type Core, createCore } from "./emulator.ts";
import type { JournalEntry, JournalFilter } from "./journal.ts";
import { listen } from "./listen.ts";
import type { EmulatorOptions } from "./options.ts";

export type { SentMessage } from "./control/messages.ts";
export type { JournalEntry, JournalFilter } from "./journal.ts";
export type {
  AppClientOptions,
  EmulatorOptions,
  OutboundMessage,
  TenantOptions,
  WebhookOptions,
} from "./options.ts";
export { defaultTenant } from "./options.ts";

/** A running emulator. Each method has a twin under `/emulator/` for other processes. */
export interface Emulator {
  /** "http://localhost:PORT": the page for people. */
  readonly url: string;
  /** `url` + "/v1": what both SDKs take as their base. */
  readonly apiUrl: string;
  readonly port: number;
  /** What would have been sent, newest first; `to` is an exact address. */
  messages(filter?: { to?: string }): SentMessage[];
  /** What was asked and why it was refused, newest first. */
  journal(filter?: JournalFilter): JournalEntry[];
  /** Forgets everything that callers created. */
  reset(): void;
  /** Stops listening and leaves no handle. */
  close(): Promise<void>;
}

/** Starts an emulator of Authsignal's HTTP API. It verifies for real, and refuses to run in production. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  refuseProduction();
  let port = 0;
  const url = () => options.publicUrl ?? `http://localhost:${port}`;
  const core = await createCore(options, () => `${url()}/v1`);
  const faces = { messages: messagesOf(core), journal: core.journal.list, reset: () => resetAll(core) };
  const listener = await listen(core, {
    port: options.port ?? 0,
    host: options.host ?? "127.0.0.1",
    allowedHosts: options.allowedHosts ?? [],
    control: controlOperations(core, faces),
  }).catch((error: unknown) => {
    core.close();
    throw error;
  });
  port = listener.port;

  return {
    url: url(),
    apiUrl: `${url()}/v1`,
    port,
    ...faces,
    async close() {
      await listener.close();
      core.close();
    },
  };
}

/** An emulator accepts known secrets and hands out codes: beside real users it would be an open door. */
function refuseProduction(): void {
  // biome-ignore lint/style/noProcessEnv: this refusal must not depend on anybody passing the environment on.
  if (process.env.NODE_ENV === "production") {
    throw new Error("The Authsignal emulator does not run with NODE_ENV=production.");
  }
}

type Faces = Pick<Emulator, "messages" | "journal" | "reset">;

function messagesOf(core: Core): Faces["messages"] {
  return (filter) =>
    core.tenants
      .all()
      .flatMap((tenant) => tenant.outbox.list(filter).map((message) => sentMessage(tenant, message)))
      .sort((left, right) => Date.parse(right.sentAt) - Date.parse(left.sentAt));
}

function resetAll(core: Core): void {
  for (const { state, limits } of core.tenants.all()) {
    state.clear();
    limits.clear();
    state.commit();
  }
  core.journal.clear();
}

function controlOperations(_core: Core, faces: Faces): ControlOperation[] {
  return [
    {
      method: "GET",
      path: "/messages",
      handle: ({ query }) => {
        const to = query.get("to");
        return faces.messages(to === null ? {} : { to }).map(messageJson);
      },
    },
    {
      method: "GET",
      path: "/journal",
      handle: () => faces.journal().map((entry) => ({ ...entry, notes: [...entry.notes] })),
    },
    {
      method: "POST",
      path: "/reset",
      handle: () => {
        faces.reset();
        return { reset: true };
      },
    },
  ];
}
