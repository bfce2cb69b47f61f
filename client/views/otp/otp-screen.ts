/** The code view: what it does with the code, and where it leads. */
import { createAccountApi } from "../../api/account-api.ts";
import { type AppContext, otherAccount, paths } from "../../app/app-context.ts";
import { pendingOtpFrom, readPendingOtp } from "../../app/pending-otp.ts";
import type { Screen } from "../../app/router.ts";
import { mountOtp } from "./otp.ts";

export function otpScreen({ api, enter, go }: AppContext): Screen {
  return {
    title: "otp.title",
    mount(view) {
      const sent = readPendingOtp(history.state);
      if (sent === null) throw new Error("The code view was opened without a code.");
      return mountOtp(view, {
        sent,
        verifyCode: async (code) => enter(await createAccountApi(api).verifyOtp({ code }), "code"),
        async sendNewCode(email) {
          const renewed = pendingOtpFrom(email, await api.challengeOtp({ email }));
          history.replaceState(renewed, "");
          return renewed;
        },
        // In its place: who signs in with another address leaves no way Back to this one.
        useOtherAddress: () => void go(paths.signIn, { replace: true, state: otherAccount }),
      });
    },
  };
}
