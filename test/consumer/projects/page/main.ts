import { createApi } from "authsignal-passkeys-express/client/http/api";
import { createCeremonies } from "authsignal-passkeys-express/client/passkeys/ceremony";
import "authsignal-passkeys-express/client/styles/tokens.css";

const api = createApi("/auth");
const ceremonies = createCeremonies({ config: () => api.getConfig() });

document.querySelector("button")?.addEventListener("click", async () => {
  const outcome = await ceremonies.signIn();
  document.title = outcome.kind;
});
