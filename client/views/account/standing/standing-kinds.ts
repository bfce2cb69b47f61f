/** What can stand out about a session, with the words for it and what the person can do. */
import type { MessageKey } from "../../../words/messages.ts";

export type StandingKind = "limited" | "limitedWaiting" | "recovering" | "ended" | "lost";
export type StandingTask = "confirm" | "begin" | "stop" | "add" | "review" | "skip";

interface Choice {
  readonly words: MessageKey;
  readonly task: StandingTask;
}

interface ShownStanding {
  readonly title: MessageKey;
  readonly text: MessageKey;
  readonly hint?: MessageKey;
  readonly main: Choice;
  readonly other?: Choice;
}

const confirm: Choice = { words: "stepUp.passkey", task: "confirm" };
const stop: Choice = { words: "recovery.stop", task: "stop" };

export const standings: Readonly<Record<StandingKind, ShownStanding>> = {
  limited: {
    title: "limited.title",
    text: "limited.text",
    main: confirm,
    other: { words: "limited.lost", task: "begin" },
  },
  limitedWaiting: {
    title: "recovery.waitingTitle",
    text: "recovery.waitingText",
    hint: "recovery.waitingHint",
    main: confirm,
  },
  recovering: { title: "recovery.runningTitle", text: "recovery.runningText", main: stop },
  ended: {
    title: "recovery.endedTitle",
    text: "recovery.endedText",
    main: { words: "account.add", task: "add" },
    other: stop,
  },
  lost: {
    title: "lost.title",
    text: "lost.text",
    main: { words: "lost.review", task: "review" },
    other: { words: "offer.skip", task: "skip" },
  },
};
