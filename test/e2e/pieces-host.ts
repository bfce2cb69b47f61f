/**
 * An app of somebody else with the pieces of the client in its pages: the router under /auth, a guarded route, and a page
 * for each piece, made by the copy command and the guide's snippet.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import express, { type RequestHandler } from "express";
import { build } from "vite";
import { copyPieces } from "../../server/copy/copy-piece.ts";
import { isPieceName, type PieceName, pieces, snippetOf } from "../../server/copy/pieces.ts";
import { createErrorHandler } from "../../server/http/error-handler.ts";
import { createPasskeysRouter, createStepUpGuard } from "../../server/passkeys/index.ts";
import { createCookieSessions } from "../../server/sessions/cookie-sessions.ts";
import { type EmulatorFor, startEmulatorFor } from "../kit/emulator-for.ts";
import { freePort } from "../kit/listen.ts";
import { commonOptions } from "../mount/host.ts";

export interface PiecesHost {
  readonly kit: EmulatorFor;
  readonly origin: string;
  /** Bodies that passed the guard of `POST /transfers`. */
  readonly transfers: readonly unknown[];
  close(): Promise<void>;
}

const repository = `${import.meta.dirname}/../..`;
const markup: Readonly<Record<PieceName, string>> = {
  autofill: '<input autocomplete="username webauthn">',
  button: '<button type="button" id="passkey">Sign in</button><p id="passkey-message" role="status"></p>',
  enrollment:
    '<button type="button" id="create-passkey">Create</button><p id="passkey-message" role="status"></p>',
  "step-up": '<button type="button" id="transfer">Transfer</button>',
  list: '<div id="passkeys"></div>',
};

/** A web component with pieces in its shadow root, which ends them when it leaves the page. */
const component = `
import { signInByAutofill } from "./passkeys/autofill-piece.ts";
import { signInByButton } from "./passkeys/button-piece.ts";
import { enrollByButton } from "./passkeys/enrollment-piece.ts";
import { createStepUpFetch } from "./passkeys/step-up-piece.ts";

const root = document.querySelector("#component").attachShadow({ mode: "open" });
const field = document.createElement("input");
const create = document.createElement("button");
const transfer = document.createElement("button");
const life = new AbortController();
field.setAttribute("autocomplete", "username webauthn");
create.textContent = "Create";
transfer.textContent = "Transfer";
root.append(field, create, transfer);
const say = (words) => { document.title = words; };
const stops = [
  signInByAutofill("/auth", { onSignedIn: () => location.assign("/") }),
  enrollByButton(create, "/auth", { onCreated() {}, say }),
];
transfer.addEventListener("click", () => {
  const operation = { amount: 5 };
  const headers = { "Content-Type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(operation), operation, signal: life.signal };
  createStepUpFetch("/auth")("/transfers", request).catch((error) => say(error.name));
});
const idle = signInByButton(document.createElement("button"), "/auth", { onSignedIn() {}, say });
addEventListener("idle button gone", idle);
addEventListener("leave", () => {
  life.abort();
  for (const stop of stops) stop();
  root.replaceChildren();
});
`;

export async function startPiecesHost(): Promise<PiecesHost> {
  const folder = newFolder("pieces");
  await buildPages(folder);
  const host = await startHost(express.static(`${folder}/built`));
  return {
    ...host,
    async close() {
      await host.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A folder in which the packages of this repository are found. */
export function newFolder(name: string): string {
  mkdirSync(`${repository}/dist`, { recursive: true });
  return mkdtempSync(`${repository}/dist/${name}-`);
}

/** @param pages answers what is neither the router nor the guarded route */
export async function startHost(pages: RequestHandler): Promise<PiecesHost> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const kit = await startEmulatorFor({ origin, prefix: "/auth" });
  const storage = await kit.openStorage();
  const sessions = createCookieSessions({
    store: storage.sessionStore,
    secret: "a secret of this test, long enough",
    secure: false,
    now: kit.now,
  });
  const common = commonOptions(kit, storage, sessions);
  const { users } = common;
  const options = {
    ...common,
    // No part of the API that a host may leave out, but the codes: a page must ask for none in vain.
    users: { findById: users.findById, findOrCreateByEmail: users.findOrCreateByEmail },
  };
  const requireStepUp = createStepUpGuard(options);
  const transfers: unknown[] = [];

  const app = express();
  app.use(sessions.middleware);
  app.use("/auth", createPasskeysRouter(options));
  app.post(
    "/transfers",
    express.json(),
    requireStepUp("transfer-funds", (req) => ({ amount: req.body.amount })),
    (req, res) => {
      transfers.push(req.body);
      res.status(201).json(req.body);
    },
  );
  app.use(pages);
  app.use(createErrorHandler(console));
  const server = createServer(app).listen(port);
  return {
    kit,
    origin,
    transfers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await kit.close();
    },
  };
}

/** One page for each piece, each with its own copy of its files, and one that both signs in ways share. */
async function buildPages(folder: string): Promise<void> {
  const readme = readFileSync(`${repository}/client/README.md`, "utf8");
  const names = Object.keys(pieces).filter(isPieceName);
  for (const name of names) {
    copyPieces({ names: [name], to: `${folder}/${name}/passkeys`, force: false });
    writeFileSync(`${folder}/${name}/main.ts`, snippetOf(readme, name, "passkeys"));
    writeFileSync(`${folder}/${name}/index.html`, pageWith(markup[name], ["./main.ts"]));
  }
  const both: readonly PieceName[] = ["autofill", "button"];
  copyPieces({ names: both, to: `${folder}/both/passkeys`, force: false });
  for (const name of both) {
    writeFileSync(`${folder}/both/${name}.ts`, snippetOf(readme, name, "passkeys"));
  }
  copyPieces({ names, to: `${folder}/component/passkeys`, force: false });
  writeFileSync(`${folder}/component/main.ts`, component);
  const outside = '<input autocomplete="webauthn" hidden><div id="component"></div>';
  writeFileSync(`${folder}/component/index.html`, pageWith(outside, ["./main.ts"]));
  const fields = both.map((name) => markup[name]).join("");
  writeFileSync(`${folder}/both/index.html`, pageWith(fields, ["./autofill.ts", "./button.ts"]));
  writeFileSync(`${folder}/index.html`, pageWith("<h1>Signed in</h1>", []));
  const input = ["", ...names, "both", "component"].map((name) => `${folder}/${name}/index.html`);
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: { outDir: "built", rolldownOptions: { input } },
  });
}

function pageWith(body: string, scripts: readonly string[]): string {
  const tags = scripts.map((script) => `<script type="module" src="${script}"></script>`).join("");
  return `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">${body}${tags}</html>`;
}
