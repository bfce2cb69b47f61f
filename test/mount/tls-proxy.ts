/** A reverse proxy that ends TLS in front of an app: nginx where it is installed, and one of Node's own everywhere. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { freePort, listen } from "../kit/listen.ts";

export interface TlsProxy {
  readonly port: number;
  close(): Promise<void>;
}

export const nginx = ["/usr/sbin/nginx", "/usr/local/bin/nginx", "/opt/homebrew/bin/nginx"].find(existsSync);

/** As DEPLOYING.md shows it. */
const shown = readFileSync(new URL("nginx.conf", import.meta.url), "utf8");

interface Certificate {
  readonly private: string;
  readonly cert: string;
}

const certificate = (): Promise<Certificate> => generate([{ name: "commonName", value: "app.example.com" }]);

/** Forwards to this port of loopback, and says so in X-Forwarded-Proto and X-Forwarded-For. */
export async function startNodeProxy(appPort: number): Promise<TlsProxy> {
  const { private: key, cert } = await certificate();
  const server = createServer({ key, cert }, (incoming, outgoing) => {
    const forwarded = {
      ...incoming.headers,
      "x-forwarded-proto": "https",
      "x-forwarded-for": incoming.socket.remoteAddress,
    };
    const { method, url } = incoming;
    const onward = request(
      { host: "127.0.0.1", port: appPort, method, path: url, headers: forwarded },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(onward);
  });
  return listen(server, { host: "127.0.0.1" });
}

/** The same with nginx, configured as its users do. */
export async function startNginx(appPort: number): Promise<TlsProxy> {
  if (nginx === undefined) throw new Error("nginx is not installed.");
  const folder = await mkdtemp(join(tmpdir(), "nginx-"));
  const { private: key, cert } = await certificate();
  // nginx cannot be told to take any port and say which.
  const port = await freePort();
  await writeFile(join(folder, "key.pem"), key, { mode: 0o600 });
  await writeFile(join(folder, "cert.pem"), cert);
  await writeFile(join(folder, "nginx.conf"), configuration(folder, port, appPort));
  const child = spawn(nginx, ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  await answers(port, child);
  return {
    port,
    async close() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await new Promise((resolve) => child.once("exit", resolve));
      await rm(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, port: number, appPort: number): string {
  return `
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
${serverOf(folder, port, appPort)}
}
`;
}

/** The configuration that is shown, with this machine's ports and certificate. */
function serverOf(folder: string, port: number, appPort: number): string {
  const certificates = `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`;
  return shown
    .replaceAll(/server 10\.[\d.:]+;/g, `server 127.0.0.1:${appPort};`)
    .replace("listen 443 ssl;", `listen 127.0.0.1:${port} ssl; ${certificates}`);
}

/** Resolves as soon as somebody listens; rejects when the process ends before. */
function answers(port: number, child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`nginx ended with ${code}.`)));
    const knock = (): void => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", () => setTimeout(knock, 10));
    };
    knock();
  });
}
