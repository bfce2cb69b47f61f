/** The line between an app and a server, with a hand on it: it passes bytes on, and can be cut, frozen and mended. */
import { createServer, connect as dial, type Socket } from "node:net";
import { listen } from "../../kit/listen.ts";

export interface TcpLine {
  /** The same URL, by way of this line. */
  through(url: URL): URL;
  /** Resets every connection, as a fail-over does, and takes new ones. What was held is lost. */
  reset(): void;
  /** Resets every connection and refuses new ones, until mended. */
  cut(): Promise<void>;
  /** Passes nothing on any more: connections are open and silent, until mended or reset. */
  freeze(): void;
  mend(): Promise<void>;
  /** Resolves when the app sends this, as bytes of its protocol. */
  sees(text: string): Promise<void>;
  close(): Promise<void>;
}

/** @param target `host:port` of the server is read off this URL */
export async function openTcpLine(target: URL): Promise<TcpLine> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const watchers = new Set<(chunk: Buffer) => void>();
  let held: (() => void)[] | null = null;
  const pass = (deliver: () => void): void => {
    if (held === null) deliver();
    else held.push(deliver);
  };

  const server = createServer((near) => {
    const far = dial(Number(target.port), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on("data", (chunk) => {
      for (const watch of watchers) watch(chunk);
      pass(() => far.write(chunk));
    });
    far.on("data", (chunk) => pass(() => near.write(chunk)));
    for (const [end, other] of [pair, [far, near] as const]) {
      // What a cut line says of itself is the tests' doing.
      end.on("error", () => {});
      end.on("close", () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });
  const host = "127.0.0.1";
  const { port } = await listen(server, { host });

  const reset = (): void => {
    held = null;
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  };
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
      reset();
    });

  return {
    through(url) {
      const own = new URL(url);
      own.hostname = "127.0.0.1";
      own.port = String(port);
      return own;
    },
    reset,
    cut: stop,
    freeze() {
      held ??= [];
    },
    async mend() {
      const kept = held ?? [];
      held = null;
      for (const deliver of kept) deliver();
      if (!server.listening) await listen(server, { port, host });
    },
    sees: (text) =>
      new Promise((resolve) => {
        const watch = (chunk: Buffer): void => {
          if (!chunk.includes(text)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
      }),
    close: stop,
  };
}
