/** A page whose API is on another origin: `?api=<origin>`, and `&tokens` where the API wants a token and no cookie. */
import { createBearerFetch } from "../../../client/http/bearer.ts";
import { signInByButton } from "../../../client/pieces/button-piece.ts";
import { enrollByButton } from "../../../client/pieces/enrollment-piece.ts";
import { siteAt } from "../../../client/pieces/site.ts";
import { createStepUpFetch } from "../../../client/pieces/step-up-piece.ts";

const query = new URLSearchParams(location.search);
const apiOrigin = query.get("api");
const auth = `${apiOrigin}/auth`;
const send = createBearerFetch({
  token: () => sessionStorage.getItem("token"),
  keepToken: (token) => sessionStorage.setItem("token", token ?? ""),
});
const options = query.has("tokens") ? { send } : { credentials: "include" as const };
const { api } = siteAt(auth, options);

function element<Kind extends Element>(kind: new () => Kind, id: string): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`The page has no "${id}".`);
}

function say(words: string): void {
  element(HTMLParagraphElement, "said").textContent = words;
}

function onSubmit(id: string, work: (value: string) => Promise<string>): void {
  const form = element(HTMLFormElement, id);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    report(work(String(new FormData(form).get("value"))));
  });
}

function report(work: Promise<string>): void {
  work.then(say, (error: unknown) => say(`failed: ${Object(error).code ?? error}`));
}

onSubmit("email", async (email) => {
  await api.challengeOtp({ email });
  return "sent";
});
onSubmit("code", async (code) => {
  const { user } = await api.verifyOtp({ code });
  enrollByButton(element(HTMLButtonElement, "create"), auth, { onCreated: () => {}, say });
  return `signed in as ${user.email}`;
});
signInByButton(element(HTMLButtonElement, "passkey"), auth, {
  onSignedIn: ({ email }) => say(`back as ${email}`),
  say,
});
const transfer = createStepUpFetch(auth, options);
element(HTMLButtonElement, "transfer").addEventListener("click", () => {
  const init = { method: "POST", credentials: options.credentials ?? "same-origin" } as const;
  report(transfer(`${apiOrigin}/transfers`, init).then(({ status }) => `transfer ${status}`));
});
element(HTMLButtonElement, "out").addEventListener("click", () => {
  report(api.deleteSession().then(() => "signed out"));
});
