/** Who is counted: several people behind one network address, and one person at several. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { actions } from "../../../shared/actions.ts";
import { type Agent, api } from "../../kit/flows.ts";
import { type Lab, startLab } from "../lab.ts";

const three = { points: 3, seconds: 900 };

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    // Authsignal has limits of its own, which this suite is not about.
    tenant: { limits: "off" },
    policies: {
      limits: {
        refusalsPerUser: three,
        refusalsPerIp: three,
        failuresPerPair: three,
        failuresPerIp: { points: 8, seconds: 900 },
      },
    },
  });
});
afterAll(async () => {
  expect(lab.leaks()).toEqual([]);
  await lab.close();
});

let networks = 0;
/** An address that no other test uses. */
function newNetwork(): string {
  networks += 1;
  return `198.51.100.${networks}`;
}

/** A browser of this person, at this address. */
async function signedInAt(address: string): Promise<Agent> {
  const agent = lab.agent(address);
  await lab.signInWithOtp(agent);
  return agent;
}

const forge = (agent: Agent) =>
  agent.post(api("validate")).send({ token: "forged", action: actions.managePasskeys });
const forgeSignIn = (agent: Agent) =>
  agent.post(api("validate")).send({ token: "forged", action: actions.signInWithPasskey });

describe("the refused tokens of a signed-in person", () => {
  test("count together from every address: changing the network does not help", async () => {
    const agent = await signedInAt(newNetwork());
    for (let round = 0; round < 3; round += 1)
      await forge(agent).set("X-Forwarded-For", newNetwork()).expect(401);
    await forge(agent).set("X-Forwarded-For", newNetwork()).expect(429);
  });

  test("do not count against another person behind the same address", async () => {
    const office = newNetwork();
    const [eager, colleague] = [await signedInAt(office), await signedInAt(office)];
    for (let round = 0; round < 3; round += 1) await forge(eager).expect(401);
    await forge(eager).expect(429);
    await forge(colleague).expect(401);
  });

  test("do not count against a visitor behind the same address", async () => {
    const office = newNetwork();
    const eager = await signedInAt(office);
    for (let round = 0; round < 4; round += 1) await forgeSignIn(eager);
    await forgeSignIn(lab.agent(office)).expect(401);
  });
});

describe("the refused tokens of visitors", () => {
  test("count together behind one address, and alone at another", async () => {
    const office = newNetwork();
    for (let round = 0; round < 3; round += 1) await forgeSignIn(lab.agent(office)).expect(401);
    await forgeSignIn(lab.agent(office)).expect(429);
    await forgeSignIn(lab.agent(newNetwork())).expect(401);
  });

  test("do not count against a person who is signed in behind the same address", async () => {
    const office = newNetwork();
    const person = await signedInAt(office);
    for (let round = 0; round < 4; round += 1) await forgeSignIn(lab.agent(office));
    await forge(person).expect(401);
  });
});

/** Asks for a code in a new browser at this address, and answers with as many wrong ones. */
async function guess(email: string, address: string, wrong: number): Promise<number[]> {
  const agent = lab.agent(address);
  await agent.post(api("challengeOtp")).send({ email }).expect(202);
  const right = Number(await lab.readCode(email));
  const statuses: number[] = [];
  for (let at = 1; at <= wrong; at += 1) {
    const code = String((right + at) % 1_000_000).padStart(6, "0");
    statuses.push((await agent.post(api("verifyOtp")).send({ code })).status);
  }
  return statuses;
}

describe("wrong codes", () => {
  test("for one address from one network count over all its codes", async () => {
    const [email, network] = [lab.newAddress(), newNetwork()];
    expect(await guess(email, network, 2)).toEqual([401, 401]);
    expect(await guess(email, network, 2)).toEqual([401, 429]);
  });

  test("from one network do not keep the person out at another", async () => {
    const email = lab.newAddress();
    expect(await guess(email, newNetwork(), 4)).toEqual([401, 401, 401, 429]);
    await lab.signInWithOtp(lab.agent(newNetwork()), email);
  });

  test("of one person do not keep another person out behind the same address", async () => {
    const office = newNetwork();
    expect(await guess(lab.newAddress(), office, 4)).toEqual([401, 401, 401, 429]);
    await lab.signInWithOtp(lab.agent(office));
  });

  test("of one network are not forgiven because somebody signs in there", async () => {
    const network = newNetwork();
    const statuses: number[] = [];
    for (let victim = 0; victim < 4; victim += 1) {
      await lab.signInWithOtp(lab.agent(network));
      statuses.push(...(await guess(lab.newAddress(), network, 2)));
    }
    expect(statuses).toEqual(Array(8).fill(401));
    expect(await guess(lab.newAddress(), network, 3)).toEqual([401, 401, 429]);
  });
});
