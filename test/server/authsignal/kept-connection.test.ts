/** The gateway keeps its connections to Authsignal, apart from those of the process. */
import { createServer, globalAgent } from "node:http";
import { expect, test } from "vitest";
import { createSdkGateway } from "../../../server/authsignal/sdk-gateway.ts";
import { listen } from "../../kit/listen.ts";

test("Calls one after the other share a connection, which the process's own agent does not hold", async () => {
  const sockets = new Set<unknown>();
  const server = createServer((req, res) => {
    sockets.add(req.socket);
    res.setHeader("Content-Type", "application/json").end("[]");
  });
  const { port, url, close } = await listen(server);
  try {
    const apiSecretKey = "a-secret-of-this-test";
    const gateway = createSdkGateway({ apiSecretKey, apiUrl: `${url}/v1`, allowEmulator: true });
    for (let call = 0; call < 3; call += 1) await gateway.listAuthenticators("user-1");
    expect(sockets.size).toBe(1);
    expect(Object.keys(globalAgent.freeSockets).filter((name) => name.includes(`:${port}:`))).toEqual([]);
  } finally {
    await close();
  }
});
