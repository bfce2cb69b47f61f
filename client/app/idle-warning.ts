/**
 * Warns before the session ends because nothing was asked of the server, and lets the person stay signed in: what they
 * have typed would be lost. The tabs of this browser share the session, so they tell each other of its last use.
 */
import { openDialog } from "../dom/dialog.ts";
import { query } from "../dom/query.ts";
import { setText } from "../dom/set-text.ts";
import { lastAnswerAt } from "../http/server-time.ts";
import { t } from "../words/language.ts";
import { cloneTemplate } from "../words/template.ts";
import type { AppContext } from "./app-context.ts";
import type { Visit } from "./visit.ts";

export interface IdleWarningDeps extends Pick<AppContext, "askUser"> {
  readonly visit: Visit;
  readonly signal: AbortSignal;
}

/** Milliseconds. */
const every = 5_000;
/** Milliseconds before the end at which the warning opens: enough to come back to the page. */
const warning = 2 * 60_000;
/** Milliseconds after which the session has ended on the server as well. */
const margin = every + 1_000;

export function warnWhenIdle({ askUser, visit, signal }: IdleWarningDeps): void {
  const otherTabs = typeof BroadcastChannel === "function" ? new BroadcastChannel("passkeys.activity") : null;
  let usedAt = 0;
  let shown: AbortController | undefined;

  otherTabs?.addEventListener("message", ({ data }) => used(Number(data)), { signal });
  const looking = setInterval(look, every);
  signal.addEventListener("abort", stop, { once: true });

  function stop(): void {
    clearInterval(looking);
    otherTabs?.close();
    shown?.abort();
  }

  function used(at: number): void {
    // A clock that was set back, or a message of another version.
    if (!(at > usedAt) || at > Date.now() + every) return;
    usedAt = at;
    shown?.abort();
  }

  function look(): void {
    if (lastAnswerAt() > usedAt) {
      used(lastAnswerAt());
      otherTabs?.postMessage(usedAt);
    }
    const { user, idleSeconds } = visit;
    if (user === null || idleSeconds === undefined) {
      shown?.abort();
      return;
    }
    const left = usedAt + idleSeconds * 1_000 - Date.now();
    if (left < -margin) {
      shown?.abort();
      // Shows the sign-in view. If the server cannot be asked, the next look asks again.
      askUser().catch(() => {});
    } else if (left < Math.min(warning, idleSeconds * 500)) warn(left);
  }

  function warn(left: number): void {
    const count = Math.max(1, Math.ceil(left / 60_000));
    const lead = document.getElementById("idle-lead");
    if (lead !== null) {
      setText(lead, t("idle.lead", { count }));
      return;
    }
    const life = new AbortController();
    shown = life;
    void openDialog<undefined>({
      content: cloneTemplate("idle-dialog"),
      signal: life.signal,
      dismissed: undefined,
      mount(dialog) {
        query(dialog, "idleLead", HTMLElement).textContent = t("idle.lead", { count });
      },
    }).then(() => {
      // Left by the person, in whatever way: they are there.
      if (!life.signal.aborted) askUser().catch(() => {});
    });
  }
}
