/** What the card about this session does: connects it with the API and its dialogs. */
import { actions } from "../../../../shared/actions.ts";
import type { Visit } from "../../../app/visit.ts";
import { recall, remember } from "../../../dom/local-storage.ts";
import { ApiError } from "../../../http/api.ts";
import { askOffers } from "../../../http/features.ts";
import { type AccountTaskDeps, confirmIdentity, withStepUp } from "../confirm-identity.ts";
import { beginRecovery } from "./begin-recovery.ts";
import type { StandingDeps } from "./standing-card.ts";

/** When the person last said whether a device is lost: asked once after a sign-in with a code, and not often. */
const askedAt = "lostDeviceAskedAt";
const quietFor = 90 * 24 * 60 * 60 * 1000;

type StandingTasks = Omit<StandingDeps, "canUsePasskeys" | "reviewPasskeys" | "addPasskey">;

export function standingTasks(deps: AccountTaskDeps, visit: Visit): StandingTasks {
  const { api, signal, orSignIn } = deps;
  return {
    async getStanding() {
      const [{ assurance, recovery }, offers] = await Promise.all([
        api.getSession().catch(nothingKnown),
        askOffers(api),
      ]);
      // Its card asks whether the passkeys are lost.
      if (assurance === "limited") visit.cameByCode = false;
      const wasAsked = Date.now() - Date.parse(recall(askedAt) ?? "") < quietFor;
      return {
        isLimited: assurance === "limited",
        recovery,
        canRecover: offers("recovery"),
        mayHaveLost: visit.cameByCode && !wasAsked,
      };
    },
    confirm() {
      const needed = { action: actions.managePasskeys, methods: ["passkey"], isLimited: true } as const;
      return confirmIdentity(deps, needed, signal);
    },
    beginRecovery: () => beginRecovery(() => orSignIn(api.beginRecovery()), signal),
    stopRecovery: () => withStepUp(deps, () => orSignIn(stopOnce(deps)), signal),
    lossAnswered() {
      visit.cameByCode = false;
      remember(askedAt, new Date().toISOString());
    },
  };
}

/** The account works without the answer, and says nothing about the session. */
function nothingKnown(error: unknown): { readonly assurance?: never; readonly recovery?: never } {
  if (error instanceof ApiError) return {};
  throw error;
}

/** One that is over counts as stopped. */
async function stopOnce({ api }: AccountTaskDeps): Promise<void> {
  try {
    await api.cancelRecovery();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "recovery_not_found")) throw error;
  }
}
