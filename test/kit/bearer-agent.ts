/** Makes a supertest agent of a client without cookies: it keeps the newest session token, and sends it. */
import type request from "supertest";

/** Where a host with bearer sessions puts a new token. */
export const defaultSessionHeader = "Session-Token";

/** A supertest plugin: `request.agent(app).use(bearerTokens())`. One per agent: it is the client's memory. */
export function bearerTokens(header: string = defaultSessionHeader): (test: request.Test) => void {
  let token = "";
  return (test) => {
    if (token !== "") test.set("Authorization", `Bearer ${token}`);
    test.on("response", (response: request.Response) => {
      const given: unknown = response.headers[header.toLowerCase()];
      // An empty one ends the session, as a cleared cookie does.
      if (typeof given === "string") token = given;
    });
  };
}
