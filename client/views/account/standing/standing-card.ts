/**
 * needs:    <template id="standing-view">, standing.css, a session.
 * does:     says above the account what stands out about this session, and offers what helps: a limited session, a
 *           recovery under way or over, passkeys that may be lost.
 * must not: block the rest of the account: it can be read and left as it is.
 */
import type { RecoveryResponse } from "../../../../shared/contract.ts";
import { query } from "../../../dom/query.ts";
import { announce } from "../../../dom/status.ts";
import { explainError } from "../../../words/failures.ts";
import { t } from "../../../words/language.ts";
import { dateAndTime } from "../../../words/relative-time.ts";
import { type Sentence, showSentence } from "../../../words/sentence.ts";
import { cloneTemplate } from "../../../words/template.ts";
import { type StandingKind, type StandingTask, standings } from "./standing-kinds.ts";

/** What the server and this page know of the session. */
export interface Standing {
  readonly isLimited: boolean;
  readonly recovery: RecoveryResponse | undefined;
  /** Whether the server has recoveries. */
  readonly canRecover: boolean;
  /** A code opened this session, and whether passkeys are lost was not asked lately. */
  readonly mayHaveLost: boolean;
}

export interface StandingDeps {
  readonly canUsePasskeys: boolean;
  /** Resolves with "nothing stands out" if the server cannot be asked. */
  getStanding(): Promise<Standing>;
  /** By passkey. False: the person left the dialog. */
  confirm(): Promise<boolean>;
  /** Asks first. Null: the person left the dialog. */
  beginRecovery(): Promise<RecoveryResponse | null>;
  /** False: a step-up was needed, and the person did not confirm. */
  stopRecovery(): Promise<boolean>;
  /** The person has answered whether a device is lost. */
  lossAnswered(): void;
  /** Shows the list of passkeys. */
  reviewPasskeys(): void;
  addPasskey(): void;
}

export interface StandingCard {
  /** @param elsewhere how many passkeys were neither created nor used on this device: only those can be lost */
  show(standing: Standing, elsewhere: number): void;
}

export function mountStandingCard(root: HTMLElement, deps: StandingDeps, signal: AbortSignal): StandingCard {
  let standing: Standing = { isLimited: false, recovery: undefined, canRecover: false, mayHaveLost: false };
  let elsewhere = 0;
  let busyWith: StandingTask | null = null;
  let failure = "";
  let done: Sentence | null = null;

  root.replaceChildren(cloneTemplate("standing-view"));

  const card = query(root, "standingCard", HTMLElement);
  const notice = query(root, "standingDone", HTMLElement);
  const title = query(root, "standingTitle", HTMLElement);
  const text = query(root, "standingText", HTMLElement);
  const hint = query(root, "standingHint", HTMLElement);
  const main = query(root, "standingMain", HTMLButtonElement);
  const other = query(root, "standingOther", HTMLButtonElement);
  const failureText = query(root, "standingFailure", HTMLElement);

  main.addEventListener("click", () => void run("main"), { signal });
  other.addEventListener("click", () => void run("other"), { signal });

  const tasks: Readonly<Record<StandingTask, () => Promise<Sentence | null>>> = {
    async confirm() {
      if (!(await deps.confirm())) return null;
      standing = await deps.getStanding();
      return ["limited.confirmed"];
    },
    async begin() {
      const recovery = await deps.beginRecovery();
      if (recovery === null) return null;
      standing = { ...standing, recovery };
      return ["recovery.begun"];
    },
    async stop() {
      if (!(await deps.stopRecovery())) return null;
      standing = { ...standing, recovery: undefined };
      return ["recovery.stopped"];
    },
    async add() {
      deps.addPasskey();
      return null;
    },
    async review() {
      answerLoss();
      deps.reviewPasskeys();
      return null;
    },
    async skip() {
      answerLoss();
      deps.reviewPasskeys();
      return null;
    },
  };

  function answerLoss(): void {
    standing = { ...standing, mayHaveLost: false };
    deps.lossAnswered();
  }

  async function run(which: "main" | "other"): Promise<void> {
    const kind = kindOf(standing, elsewhere);
    const task = kind === null ? undefined : standings[kind][which]?.task;
    if (busyWith !== null || task === undefined) return;
    busyWith = task;
    failure = "";
    done = null;
    update();
    try {
      done = await tasks[task]();
    } catch (error) {
      if (!signal.aborted) failure = explainError(error);
    }
    if (signal.aborted) return;
    busyWith = null;
    update();
    if (done === null) return;
    announce(t(...done));
    // The pressed button is gone, or does something else now.
    (card.hidden ? notice : title).focus();
  }

  function update(): void {
    const kind = kindOf(standing, elsewhere);
    card.hidden = kind === null;
    showSentence(notice, done);
    notice.hidden = done === null;
    failureText.textContent = failure;
    if (kind !== null) showKind(kind);
  }

  function showKind(kind: StandingKind): void {
    const shown = standings[kind];
    const { recovery } = standing;
    const values = {
      began: recovery === undefined ? "" : dateAndTime(recovery.beganAt),
      when: recovery === undefined ? "" : dateAndTime(recovery.endsAt),
    };
    const canRun = (task: StandingTask) =>
      task === "begin" ? standing.canRecover : deps.canUsePasskeys || (task !== "confirm" && task !== "add");
    title.textContent = t(shown.title);
    showSentence(text, [shown.text, values]);
    const isStuck = shown.main.task === "confirm" && !deps.canUsePasskeys;
    const about = isStuck ? "signIn.elsewhere" : shown.hint;
    hint.textContent = about === undefined ? "" : t(about);
    main.textContent = t(shown.main.words);
    main.hidden = !canRun(shown.main.task);
    main.setAttribute("aria-busy", String(busyWith === shown.main.task));
    other.hidden = shown.other === undefined || !canRun(shown.other.task);
    if (shown.other === undefined) return;
    other.textContent = t(shown.other.words);
    other.setAttribute("aria-busy", String(busyWith === shown.other.task));
  }

  update();
  return {
    show(newest, count) {
      standing = newest;
      elsewhere = count;
      update();
    },
  };
}

/** Null: nothing stands out. One at a time, the one that matters most. */
function kindOf({ isLimited, recovery, mayHaveLost }: Standing, elsewhere: number): StandingKind | null {
  if (isLimited) return recovery === undefined ? "limited" : "limitedWaiting";
  if (recovery !== undefined) return recovery.hasEnded ? "ended" : "recovering";
  return mayHaveLost && elsewhere > 0 ? "lost" : null;
}
