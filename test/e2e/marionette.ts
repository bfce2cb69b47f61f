/**
 * As much of Firefox's own remote protocol as passkeys need. Playwright speaks WebDriver BiDi with Firefox, which has
 * no virtual authenticators; Marionette's WebAuthn commands want no session of their own, so the two get along.
 *
 * Each message is `<bytes>:<JSON>`, a command `[0, id, name, parameters]`, its answer `[1, id, error, result]`, and
 * Firefox speaks first: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { z } from "zod";

export interface Marionette {
  /** Rejects with what Firefox says, or when it does not answer in time. One at a time. */
  send(command: string, parameters: object): Promise<unknown>;
  close(): void;
}

const patience = 10_000;

const greeting = z.object({ applicationType: z.literal("gecko"), marionetteProtocol: z.literal(3) });
const failure = z.object({ error: z.string(), message: z.string() });
const answer = z.tuple([z.literal(1), z.number(), failure.nullable(), z.unknown()]);

export async function connectMarionette(port: number): Promise<Marionette> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect", { signal: AbortSignal.timeout(patience) });
  const messages = messagesOf(socket);
  let lastId = 0;

  async function next(awaited: string): Promise<unknown> {
    const late = new Error(`Firefox did not come to ${awaited} within ${patience} ms.`);
    const timer = setTimeout(() => socket.destroy(late), patience);
    const { value, done } = await messages.next().finally(() => clearTimeout(timer));
    if (done) throw new Error(`Firefox went away before ${awaited}.`);
    return value;
  }

  greeting.parse(await next("its greeting"));
  return {
    async send(command, parameters) {
      lastId += 1;
      const json = JSON.stringify([0, lastId, command, parameters]);
      socket.write(`${Buffer.byteLength(json)}:${json}`);
      const [, id, error, result] = answer.parse(await next(`the end of ${command}`));
      if (id !== lastId) throw new Error(`${command} was sent before the last command had its answer.`);
      if (error !== null) throw new Error(`${command}: ${error.error}: ${error.message}`);
      return result;
    },
    close: () => socket.destroy(),
  };
}

async function* messagesOf(socket: Socket): AsyncGenerator<unknown, undefined> {
  let rest = Buffer.alloc(0);
  for await (const chunk of socket) {
    rest = Buffer.concat([rest, chunk]);
    for (let colon = rest.indexOf(":"); colon !== -1; colon = rest.indexOf(":")) {
      const end = colon + 1 + Number(rest.toString("ascii", 0, colon));
      if (rest.length < end) break;
      yield JSON.parse(rest.toString("utf8", colon + 1, end));
      rest = rest.subarray(end);
    }
  }
  return undefined;
}
