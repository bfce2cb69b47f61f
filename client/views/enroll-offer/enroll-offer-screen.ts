/** The offer of a passkey: prepares the ceremony when shown, and stores the answer on the account. */

import type { AppContext } from "../../app/app-context.ts";
import { reportCeremony, reportOnce } from "../../app/ceremony-reports.ts";
import { rememberUnableDevice } from "../../app/enter.ts";
import { rememberPasskeyHere } from "../../app/passkeys-here.ts";
import { paths } from "../../app/paths.ts";
import { cancelCeremony, prepareFlow } from "../../app/prepared-flow.ts";
import type { Screen } from "../../app/router.ts";
import { remember } from "../../dom/local-storage.ts";
import { announce } from "../../dom/status.ts";
import { createAccountApi } from "../../http/account-api.ts";
import { ApiError } from "../../http/api.ts";
import type { CodedError } from "../../passkeys/coded-error.ts";
import { prepareEnrollment } from "../../passkeys/enrollment.ts";
import { t } from "../../words/language.ts";
import type { Sentence } from "../../words/sentence.ts";
import { signOut } from "../account/sign-out.ts";
import { mountEnrollOffer } from "./enroll-offer.ts";

/** Milliseconds to wait until the answer is stored. After that the account opens; the answer may be lost. */
const patience = 1_500;

export function enrollOfferScreen(context: AppContext): Screen {
  const { visit, passkeys, orSignIn, go } = context;
  const api = createAccountApi(context.api);
  const enrollmentApi = { ...api, createEnrollToken: () => orSignIn(api.createEnrollToken()) };
  function leave(notice: Sentence | null): void {
    visit.accountNotice = notice;
    void go(paths.account, { replace: true });
    if (notice !== null) announce(t(...notice));
  }

  return {
    title: "offer.title",
    mount(view) {
      const offerKey = (outcome: string) => `offer ${outcome} ${visit.user?.id}`;
      const life = new AbortController();
      const { signal } = life;
      // Opened long after the sign-in: the account asks for a step-up where it is needed.
      const onBlocked = (error: CodedError) => {
        if (signal.aborted) return;
        if (error.code !== "not_authenticated")
          leave(error.code === "step_up_required" ? ["offer.tooLate"] : null);
      };
      const prepared = prepareFlow(
        passkeys,
        (ceremonies) =>
          prepareEnrollment({ ceremonies, api: enrollmentApi, attachment: "platform", onBlocked }),
        signal,
      );

      const dispose = mountEnrollOffer(view, {
        isCrossDevice: wasCrossDevice(history.state),
        async createPasskey(onAnswered) {
          const { flow, reported } = await prepared();
          // After the prompt: nothing is sent between the click and the prompt.
          const outcome = await reported("enrollment", orSignIn(flow.run(onAnswered))).finally(() =>
            reportOnce(context.api, offerKey("accepted"), { flow: "offer", outcome: "accepted" }),
          );
          if (outcome.kind === "unsupported") rememberUnableDevice();
          const isHere = outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered";
          // Even if the view was left meanwhile, but not after signing out: the device may have another user now.
          if (isHere && visit.user !== null) remember("account", visit.user.email);
          if (outcome.kind === "succeeded") rememberPasskeyHere(outcome.credentialId);
          if (signal.aborted) return outcome;
          if (outcome.kind === "succeeded") leave(["offer.created"]);
          if (outcome.kind === "alreadyRegistered") leave(["failure.alreadyRegistered"]);
          return outcome;
        },
        cancelCeremony: () => cancelCeremony(passkeys),
        signOut: () => signOut(context, api),
        async decline(answer) {
          reportCeremony(context.api, { flow: "offer", outcome: "declined" });
          const kept = api.answerPasskeyOffer(answer).catch((error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
          });
          await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, patience))]);
          if (!signal.aborted) leave(null);
        },
      });
      visit.isOfferOver = false;
      reportOnce(context.api, offerKey("shown"), { flow: "offer", outcome: "shown" });
      return () => {
        visit.isOfferOver = true;
        life.abort();
        dispose();
      };
    },
  };
}

/** A history entry can be older than this version of the page. */
function wasCrossDevice(state: unknown): boolean {
  return typeof state === "object" && state !== null && "crossDevice" in state && state.crossDevice === true;
}
