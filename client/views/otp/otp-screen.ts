/** The code view: connects it with the API and the views around it. */

import type { AppContext } from "../../app/app-context.ts";
import { reportOnce, reportOutcome, reportRefusal } from "../../app/ceremony-reports.ts";
import { enter } from "../../app/enter.ts";
import { otherAccount, paths } from "../../app/paths.ts";
import { pendingOtpFrom, readPendingOtp } from "../../app/pending-otp.ts";
import type { Screen } from "../../app/router.ts";
import { createAccountApi } from "../../http/account-api.ts";
import { mountOtp } from "./otp.ts";

export function otpScreen(context: AppContext): Screen {
  const { api, visit, go } = context;
  return {
    title: "otp.title",
    mount(view) {
      const sent = readPendingOtp(history.state);
      if (sent === null) throw new Error("The code view was opened without a code.");
      // After a reload here, Back still knows the address.
      visit.typedEmail = sent.email;
      const beganAt = performance.now();
      reportOnce(api, `code ${sent.email}`, { flow: "code", outcome: "chosen" });
      return mountOtp(view, {
        sent,
        async verifyCode(code) {
          const { passkeyFailed } = visit;
          const body = passkeyFailed ? { code, passkeyFailed } : { code };
          const signedIn = await createAccountApi(api)
            .verifyOtp(body)
            .catch((error: unknown) => {
              reportRefusal(api, "code", error);
              throw error;
            });
          reportOutcome(api, "code", { kind: "succeeded" }, beganAt);
          visit.cameByCode = true;
          return enter(context, signedIn);
        },
        async sendNewCode(email) {
          const renewed = pendingOtpFrom(email, await api.challengeOtp({ email }));
          history.replaceState(renewed, "");
          return renewed;
        },
        // Replaces the entry, so that Back does not return to the code of the old address.
        useOtherAddress: () => void go(paths.signIn, { replace: true, state: otherAccount }),
      });
    },
  };
}
