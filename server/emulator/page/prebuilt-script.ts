/** The script of the page at track's `url`: the Client API with a person in front. Writes data with `textContent` only. */
export const prebuiltScript = `const element = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
let token = query.get("token") ?? "";
let session;
let method;
let isEnrolling = false;

const names = {
  EMAIL_OTP: "E-mail code", SMS: "Text message", WHATSAPP: "WhatsApp", AUTHENTICATOR_APP: "Authenticator app",
  PASSKEY: "Passkey", EMAIL_MAGIC_LINK: "E-mail link",
};
const paths = {
  EMAIL_OTP: "email-otp", SMS: "sms", WHATSAPP: "whatsapp", AUTHENTICATOR_APP: "totp",
  EMAIL_MAGIC_LINK: "email-magic-link",
};
const addressKeys = { EMAIL_OTP: "email", EMAIL_MAGIC_LINK: "email", SMS: "phoneNumber" };
let begun = 0;

async function ask(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer " + token },
    body: JSON.stringify(body ?? {}),
  });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.errorDescription);
  return answer;
}

function show(...ids) {
  for (const id of ["methods", "address-form", "app-secret", "code-form", "settings"])
    element(id).hidden = !ids.includes(id);
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => attempt(act));
  return made;
}

// Shows why something failed, next to what failed.
async function attempt(act) {
  element("problem").textContent = "";
  try {
    await act();
  } catch (error) {
    element("problem").textContent = error.message;
  }
}

async function load() {
  session = await ask("/prebuilt/session");
  element("what").textContent = session.name + ": " + session.actionCode;
  if (session.state === "BLOCK") throw new Error("This action is blocked.");
  if (session.isSettings && session.state === "CHALLENGE_SUCCEEDED") return manage();
  const enrolled = session.authenticators.map((one) => one.verificationMethod);
  isEnrolling = !session.isEnrolled;
  offer(session.allowedVerificationMethods.filter((one) => isEnrolling || enrolled.includes(one)));
}

function offer(methods) {
  element("title").textContent = isEnrolling ? "Set up" : "Verify";
  const usable = methods.filter((one) => one in names && !(isEnrolling && one === "WHATSAPP"));
  element("methods").querySelector("p").replaceChildren(
    ...usable.map((one) => button(names[one], () => begin(one))),
  );
  element("status").textContent = usable.length === 0 ? "There is no method that this page can offer." : "";
  show("methods");
}

async function begin(chosen) {
  method = chosen;
  begun += 1;
  if (method === "PASSKEY") return passkey();
  if (!isEnrolling) {
    if (method !== "AUTHENTICATOR_APP") await ask("/v1/client/challenge/" + paths[method]);
    return method === "EMAIL_MAGIC_LINK" ? awaitLink() : askForCode();
  }
  if (method === "AUTHENTICATOR_APP") {
    const { secret } = await ask("/v1/client/user-authenticators/totp");
    element("secret").textContent = secret;
    return askForCode("app-secret");
  }
  const isEmail = addressKeys[method] === "email";
  element("address-label").textContent = isEmail ? "E-mail address" : "Phone number";
  element("address").value = isEmail ? (session.address ?? "") : "";
  element("send").textContent = method === "EMAIL_MAGIC_LINK" ? "Send link" : "Send code";
  show("methods", "address-form");
  element("address").focus();
}

function askForCode(...also) {
  show("methods", "code-form", ...also);
  element("status").textContent = method === "AUTHENTICATOR_APP" ? "" : "A code was sent.";
  element("code").value = "";
  element("code").focus();
}

// The link is followed in another tab or on another device. Asks until then, or until another method is begun.
async function awaitLink() {
  show("methods");
  element("status").textContent = "A link was sent. Follow it, then return to this page.";
  for (const own = begun; own === begun; ) {
    const answer = await ask("/v1/client/verify/email-magic-link/finalize");
    if (answer.isVerified) return finish(answer);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function passkey() {
  const root = "/v1/client/user-authenticators/passkey";
  const begun = await ask(root + (isEnrolling ? "/registration-options" : "/authentication-options"));
  const { challengeId } = begun;
  if (isEnrolling) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options);
    const made = await navigator.credentials.create({ publicKey });
    return finish(await ask(root, { registrationCredential: made.toJSON(), challengeId, conditionalCreate: false }));
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options);
  const got = await navigator.credentials.get({ publicKey });
  return finish(await ask("/v1/client/verify/passkey", { authenticationCredential: got.toJSON(), challengeId }));
}

async function finish(answer) {
  if (!answer.isVerified) {
    const tooMany = answer.failureReason === "MAX_ATTEMPTS_EXCEEDED";
    throw new Error(tooMany ? "Too many tries. Wait a few minutes." : "The code is wrong or has expired.");
  }
  token = answer.accessToken;
  session = await ask("/prebuilt/session");
  if (session.isSettings) return manage();
  leave();
}

function manage() {
  element("title").textContent = "Settings";
  element("title").focus();
  element("status").textContent = "";
  isEnrolling = true;
  element("authenticators").replaceChildren(...session.authenticators.map((one) => {
    const line = document.createElement("li");
    const about = one.email ?? one.phoneNumber ?? one.webauthnCredential?.name ?? "";
    line.append((names[one.verificationMethod] ?? one.verificationMethod) + " " + about + " ");
    line.append(button("Remove", async () => {
      await ask("/prebuilt/remove", { userAuthenticatorId: one.userAuthenticatorId });
      session = await ask("/prebuilt/session");
      manage();
    }));
    return line;
  }));
  offer(session.allowedVerificationMethods);
  element("title").textContent = "Settings";
  show("methods", "settings");
}

// As the SDKs expect: a message from a pop-up or window, otherwise the way back to the app.
function leave() {
  const mode = query.get("mode");
  const message = JSON.stringify({ event: "AUTHSIGNAL_CLOSE_POPUP", token });
  if (mode === "popup" && parent !== window) return parent.postMessage(message, "*");
  if ((mode === "popup" || mode === "window") && opener) return opener.postMessage(message, "*");
  if (session.returnUrl) return location.assign(session.returnUrl);
  show();
  element("status").textContent = "Done. The app gave no redirectUrl: return to it yourself.";
}

element("address-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await ask("/v1/client/user-authenticators/" + paths[method], { [addressKeys[method]]: element("address").value });
    return method === "EMAIL_MAGIC_LINK" ? awaitLink() : askForCode();
  });
});
element("code-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => finish(await ask("/v1/client/verify/" + paths[method], { verificationCode: element("code").value })));
});
element("done").addEventListener("click", leave);
attempt(load);
`;
