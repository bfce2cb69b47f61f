/** The copied pieces in React: each function's answer is the cleanup of its effect. */
import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { signInByAutofill } from "./src/passkeys/autofill-piece.ts";
import { signInByButton } from "./src/passkeys/button-piece.ts";
import { enrollByButton } from "./src/passkeys/enrollment-piece.ts";
import { mountPasskeys } from "./src/passkeys/list-piece.ts";

function SignIn() {
  const button = useRef(null);
  const [message, say] = useState("");
  const onSignedIn = ({ email }) => say(`Signed in as ${email}`);
  useEffect(() => signInByAutofill("/auth", { onSignedIn }), []);
  useEffect(() => signInByButton(button.current, "/auth", { onSignedIn, say }), []);
  return (
    <>
      <label>
        Email <input autoComplete="username webauthn" />
      </label>
      <button type="button" ref={button}>
        Sign in with a passkey
      </button>
      <p role="status">{message}</p>
    </>
  );
}

function Account() {
  const button = useRef(null);
  const list = useRef(null);
  const [message, say] = useState("");
  useEffect(() => enrollByButton(button.current, "/auth", { onCreated: () => {}, say }), []);
  useEffect(() => mountPasskeys(list.current, "/auth"), []);
  return (
    <>
      <button type="button" ref={button}>
        Add a passkey here
      </button>
      <p role="status">{message}</p>
      <div ref={list} />
    </>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>{location.search === "?account" ? <Account /> : <SignIn />}</StrictMode>,
);
