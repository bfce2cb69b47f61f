/** The packed pieces in a page without a framework. */
import { signInByAutofill } from "authsignal-passkeys-express/client/pieces/autofill-piece";
import { signInByButton } from "authsignal-passkeys-express/client/pieces/button-piece";
import { enrollByButton } from "authsignal-passkeys-express/client/pieces/enrollment-piece";

const message = document.querySelector("#message");
const say = (words) => message.replaceChildren(words);
const onSignedIn = ({ email }) => say(`Signed in as ${email}`);

if (location.search === "?account") {
  enrollByButton(document.querySelector("#create-passkey"), "/auth", { onCreated: () => {}, say });
} else {
  signInByAutofill("/auth", { onSignedIn });
  signInByButton(document.querySelector("#passkey"), "/auth", { onSignedIn, say });
}
