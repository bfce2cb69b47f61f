/** Makes a supertest agent of a client without cookies: it keeps the newest session token, and sends it. */
import type request from "supertest";
import { bearerShape } from "./check-options.ts";

/** Where a host with bearer sessions puts a new token. */
export const defaultSessionHeader = "Session-Token";

export interface BearerClientOptions {
  /** The response header that carries a new session token. Default `Session-Token`. */
  readonly header?: string;
  /** Finds a new token in the body of an answer, such as `({ tokens }) => tokens?.accessToken`. Default: none is there. */
  tokenIn?(body: object): string | undefined;
  /** The header that names a visitor's e-mail code, in answers and requests. Default `Code-Token`. */
  readonly codeHeader?: string;
}

/** A supertest plugin: `request.agent(app).use(bearerTokens())`. One per agent: it is the client's memory. */
export function bearerTokens(options: string | BearerClientOptions = {}): (test: request.Test) => void {
  const {
    header = defaultSessionHeader,
    tokenIn,
    codeHeader = "Code-Token",
  }: BearerClientOptions = typeof options === "string" ? { header: options } : options;
  if (typeof options !== "string") bearerShape.check(options, "bearerAgent");
  let token = "";
  let code = "";
  return (test) => {
    if (token !== "") test.set("Authorization", `Bearer ${token}`);
    if (code !== "") test.set(codeHeader, code);
    test.on("response", (response: request.Response) => {
      const given: unknown = response.headers[header.toLowerCase()] ?? tokenIn?.(Object(response.body));
      // An empty one ends the session, as a cleared cookie does.
      if (typeof given === "string") token = given;
      code = response.headers[codeHeader.toLowerCase()] ?? code;
    });
  };
}
