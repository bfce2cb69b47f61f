/** Serves the pages of `npm run dev` with Vite as middleware: pages, hot reload and API share one origin. */
import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { type RequestHandler, Router } from "express";

const clientFolder = fileURLToPath(new URL("../../client/", import.meta.url));

/** @param domain the host name of the app when it is not localhost, or null */
export async function developmentPages(server: Server, domain: string | null): Promise<RequestHandler> {
  // A development dependency: never loaded in production.
  const { createServer } = await import("vite");
  const vite = await createServer({
    server: { middlewareMode: true, hmr: { server }, allowedHosts: domain === null ? [] : [domain] },
    appType: "custom",
    // The usual loader writes, loads and deletes a file, which tells the watcher of `npm run dev` to restart.
    configLoader: "runner",
  });
  server.once("close", () => void vite.close());
  const router = Router();
  router.use(vite.middlewares);
  router.use(async (req, res, next) => {
    if (req.method !== "GET" || req.accepts("html") === false) return next();
    const template = await readFile(`${clientFolder}index.html`, "utf8");
    return res.type("html").send(await vite.transformIndexHtml(req.originalUrl, template));
  });
  return router;
}
