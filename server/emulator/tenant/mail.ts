/** Delivers e-mail to a mail catcher. */
import { WireError } from "../wire/wire-error.ts";

export interface Mail {
  deliver(message: { readonly to: string; readonly subject: string; readonly text: string }): Promise<void>;
  close(): void;
}

/** The library is loaded only when needed. The sender uses a reserved domain, so replies are not delivered. */
export async function createMail(smtp: string, rpName = "Authsignal emulator"): Promise<Mail> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport(smtp);
  // A pool of connections (`?pool=true`) reports here what belongs to no message.
  transport.on("error", (error) => process.emitWarning(error));
  return {
    async deliver({ to, subject, text }) {
      const from = { name: rpName, address: "emulator@authsignal.invalid" };
      await transport.sendMail({ from, to, subject, text }).catch((error: unknown) => {
        const reason = `the mail server did not accept the message: ${error instanceof Error ? error.message : "unknown"}`;
        throw new WireError("invalid_request", "The message could not be delivered.", reason);
      });
    },
    close: () => transport.close(),
  };
}
