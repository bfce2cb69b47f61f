/** Keeps the messages that the service would have sent. */
import type { OutboundMessage } from "../wire/emulator-options.ts";
import { surviveCallback } from "../wire/survive-callback.ts";
import { type Clock, toIso } from "./clock.ts";
import type { Random } from "./random.ts";
import type { Message } from "./records.ts";
import type { State } from "./state.ts";

export interface Outbox {
  send(message: Omit<Message, "messageId" | "sentAt">): void;
  list(filter?: MessageFilter): Message[];
  /** Calls back for each new message; the returned function stops that. */
  subscribe(listener: (message: Message) => void): () => void;
  clear(to?: string): void;
}

export interface MessageFilter {
  /** The exact address: "a@example.com" never finds "ba@example.com". */
  readonly to?: string | undefined;
}

export interface OutboxOptions {
  readonly tenantId: string;
  readonly state: State;
  readonly random: Random;
  readonly clock: Clock;
  readonly onMessage?: ((message: OutboundMessage) => void) | undefined;
}

export function createOutbox({ tenantId, state, random, clock, onMessage }: OutboxOptions): Outbox {
  const listeners = new Set<(message: Message) => void>();
  const { messages } = state;
  const tell = surviveCallback("onMessage", onMessage);
  return {
    send(content) {
      const message: Message = { ...content, messageId: random.uuid(), sentAt: clock.now() };
      messages.put(message.messageId, message);
      const { to, channel, code, link, sentAt } = message;
      tell({ tenantId, to, channel, code, link, sentAt: toIso(sentAt) });
      for (const listener of listeners) listener(message);
    },
    list: ({ to } = {}) => (to === undefined ? [...messages.values()] : messages.where("to", to)).reverse(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear(to) {
      if (to === undefined) return messages.clear();
      for (const { messageId } of messages.where("to", to)) messages.delete(messageId);
    },
  };
}
