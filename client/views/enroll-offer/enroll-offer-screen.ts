/** The offer of a passkey: prepared when it is shown, its answer kept on the account. */
import { createAccountApi } from "../../api/account-api.ts";
import { ApiError } from "../../api/api.ts";
import { once } from "../../api/once.ts";
import { type AppContext, paths } from "../../app/app-context.ts";
import type { Screen } from "../../app/router.ts";
import { recall, remember } from "../../dom/local-storage.ts";
import { announce } from "../../dom/status.ts";
import { canCreatePasskeyHere } from "../../passkeys/capabilities.ts";
import { prepareEnrollment } from "../../passkeys/enrollment.ts";
import { t } from "../../words/language.ts";
import type { MessageKey } from "../../words/messages.ts";
import { mountEnrollOffer } from "./enroll-offer.ts";

/** An answer to the offer may get lost, but may not hold anybody up. */
const patience = 1_500;

/**
 * Since when this browser is known to be unable to create one, because it was tried: what it says of itself is not
 * always true. Not for ever: a device may get the screen lock that it lacked.
 */
const cannotSince = "cannotCreatePasskeySince";
const believedFor = 30 * 24 * 60 * 60 * 1000;

export async function canOfferPasskeyHere(): Promise<boolean> {
  const isKnownNotTo = Date.now() - Date.parse(recall(cannotSince) ?? "") < believedFor;
  return !isKnownNotTo && canCreatePasskeyHere();
}

export function enrollOfferScreen(context: AppContext): Screen {
  const { visit, passkeys, orSignIn, go } = context;
  const api = createAccountApi(context.api);
  const enrollmentApi = { ...api, createEnrollToken: () => orSignIn(api.createEnrollToken()) };
  function leave(notice: MessageKey | null): void {
    visit.accountNotice = notice;
    void go(paths.account, { replace: true });
    if (notice !== null) announce(t(notice));
  }

  return {
    title: "offer.title",
    mount(view) {
      const life = new AbortController();
      const { signal } = life;
      // Somebody came back to this address long after signing in: the account asks for a step-up where it is needed.
      const onRefused = (error: ApiError) => {
        if (signal.aborted) return;
        if (error.code !== "not_authenticated")
          leave(error.code === "step_up_required" ? "offer.tooLate" : null);
      };
      const prepared = once(async () => {
        const { ceremonies, reportOutcome } = await passkeys();
        const enrollment = prepareEnrollment({
          ceremonies,
          api: enrollmentApi,
          attachment: "platform",
          onRefused,
        });
        signal.addEventListener("abort", enrollment.stop, { once: true });
        if (signal.aborted) enrollment.stop();
        return { enrollment, reportOutcome };
      });
      // The click tries again, and says what is wrong.
      prepared().catch(() => {});

      const dispose = mountEnrollOffer(view, {
        isCrossDevice: wasCrossDevice(history.state),
        async createPasskey(onAnswered) {
          const { enrollment, reportOutcome } = await prepared();
          const outcome = await orSignIn(enrollment.run(onAnswered));
          reportOutcome(outcome);
          if (outcome.kind === "unsupported") remember(cannotSince, new Date().toISOString());
          const isHere = outcome.kind === "succeeded" || outcome.kind === "alreadyRegistered";
          // Also when the view was left meanwhile. But whoever signed out may have handed the device on.
          if (isHere && visit.user !== null) remember("account", visit.user.email);
          if (signal.aborted) return outcome;
          if (outcome.kind === "succeeded") leave("offer.created");
          if (outcome.kind === "alreadyRegistered") leave("failure.alreadyRegistered");
          return outcome;
        },
        cancelCeremony: () =>
          void passkeys().then(
            ({ ceremonies }) => ceremonies.cancel(),
            () => {},
          ),
        async decline(answer) {
          const kept = api.answerPasskeyOffer(answer).catch((error: unknown) => {
            if (!(error instanceof ApiError)) throw error;
          });
          await Promise.race([kept, new Promise((resolve) => setTimeout(resolve, patience))]);
          if (!signal.aborted) leave(null);
        },
      });
      visit.isOfferOver = false;
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
