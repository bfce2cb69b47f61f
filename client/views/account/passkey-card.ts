/**
 * needs:    <template id="passkey-item">, passkey-list.css.
 * does:     shows one passkey: where it is saved, when it was created and last used; renames it in place.
 * must not: lose typed text when the list around it is updated.
 */
import type { Passkey } from "../../../shared/contract.ts";
import { query } from "../../dom/query.ts";
import { explainError } from "../../words/failures.ts";
import { t } from "../../words/language.ts";
import { calendarDate, timeAgo } from "../../words/relative-time.ts";
import { cloneTemplate } from "../../words/template.ts";

export interface PasskeyCardDeps {
  /** False: a step-up was needed, and the person did not confirm. */
  rename(id: string, name: string): Promise<boolean>;
  remove(passkey: Passkey): Promise<void>;
  readonly signal: AbortSignal;
}

export interface PasskeyCard {
  readonly element: HTMLElement;
  /** @param isHere whether it is known to be on this device */
  show(passkey: Passkey, isHere: boolean): void;
}

export function createPasskeyCard({ rename, remove, signal }: PasskeyCardDeps): PasskeyCard {
  let passkey: Passkey | undefined;
  let isHere = false;
  let isRenaming = false;
  let isBusy = false;
  let nameError = "";

  const element = cloneTemplate("passkey-item").firstElementChild;
  if (!(element instanceof HTMLElement)) throw new Error('<template id="passkey-item"> has no element.');
  const root = element;

  const plainIcon = query(root, "plainIcon", HTMLElement);
  const picture = query(root, "picture", HTMLPictureElement);
  const lightIcon = query(root, "lightIcon", HTMLImageElement);
  const darkIcon = query(root, "darkIcon", HTMLSourceElement);
  const shown = query(root, "shown", HTMLElement);
  const name = query(root, "name", HTMLElement);
  const here = query(root, "here", HTMLElement);
  const place = query(root, "place", HTMLElement);
  const created = query(root, "created", HTMLElement);
  const lastUsed = query(root, "lastUsed", HTMLElement);
  const actions = query(root, "actions", HTMLElement);
  const renameButton = query(root, "rename", HTMLButtonElement);
  const deleteButton = query(root, "delete", HTMLButtonElement);
  const form = query(root, "form", HTMLFormElement);
  const field = query(root, "field", HTMLInputElement);
  const label = query(root, "label", HTMLLabelElement);
  const nameErrorText = query(root, "nameError", HTMLElement);
  const save = query(root, "save", HTMLButtonElement);
  const cancel = query(root, "cancel", HTMLButtonElement);

  renameButton.addEventListener("click", onRename, { signal });
  deleteButton.addEventListener("click", () => passkey && void remove(passkey), { signal });
  form.addEventListener("submit", onSubmit, { signal });
  cancel.addEventListener("click", stopRenaming, { signal });
  form.addEventListener("keydown", onKey, { signal });

  function onRename(): void {
    isRenaming = true;
    nameError = "";
    field.value = passkey?.name ?? "";
    update();
    field.focus();
    field.select();
  }

  function onKey({ key, isComposing }: KeyboardEvent): void {
    // While a character is being composed, Escape ends only that.
    if (key === "Escape" && !isComposing) stopRenaming();
  }

  function stopRenaming(): void {
    isRenaming = false;
    update();
    renameButton.focus();
  }

  async function onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || passkey === undefined) return;
    const wanted = field.value.trim();
    if (wanted === passkey.name) return stopRenaming();
    nameError = wanted === "" ? t("passkey.nameMissing") : "";
    if (nameError === "") {
      isBusy = true;
      update();
      try {
        const isRenamed = await rename(passkey.id, wanted);
        if (signal.aborted) return;
        isBusy = false;
        // If the person has left the field meanwhile, the focus stays where it is.
        return isRenaming && isRenamed ? stopRenaming() : update();
      } catch (error) {
        if (signal.aborted) return;
        nameError = isNameInvalid(error) ? t("passkey.nameInvalid") : explainError(error);
      }
    }
    isBusy = false;
    update();
    if (isRenaming) field.focus();
  }

  function update(): void {
    if (passkey === undefined) return;
    const { id, icon } = passkey;
    plainIcon.hidden = icon !== null;
    picture.hidden = icon === null;
    if (icon !== null && lightIcon.src !== icon.light) {
      darkIcon.srcset = icon.dark;
      lightIcon.src = icon.light;
    }
    name.textContent = passkey.name;
    here.hidden = !isHere;
    place.textContent = placeOf(passkey);
    place.hidden = place.textContent === "";
    created.textContent = t("passkey.created", { when: calendarDate(passkey.createdAt) });
    lastUsed.textContent =
      passkey.lastUsedAt === null
        ? t("passkey.neverUsed")
        : t("passkey.lastUsed", { when: timeAgo(passkey.lastUsedAt) });
    nameControl(renameButton, t("passkey.renameNamed", { name: passkey.name }));
    nameControl(deleteButton, t("passkey.deleteNamed", { name: passkey.name }));
    shown.hidden = isRenaming;
    actions.hidden = isRenaming;
    form.hidden = !isRenaming;
    field.id = `name-${id}`;
    label.htmlFor = field.id;
    nameErrorText.id = `name-error-${id}`;
    nameErrorText.textContent = nameError;
    field.setAttribute("aria-invalid", String(nameError !== ""));
    field.setAttribute("aria-describedby", nameErrorText.id);
    save.setAttribute("aria-busy", String(isBusy));
  }

  return {
    element: root,
    show(newest, isKnownHere) {
      passkey = newest;
      isHere = isKnownHere;
      update();
    },
  };
}

/** The provider, unless the passkey is named after it, and where the passkey can be used. */
function placeOf({ name, provider, synced }: Passkey): string {
  const where = synced === null ? "" : t(synced ? "passkey.onYourDevices" : "passkey.onOneDevice");
  const isNamed = provider === null || name.startsWith(provider);
  return [isNamed ? "" : provider, where].filter((text) => text !== "").join(" · ");
}

/** The tooltip is for the eye: the button has a picture only. */
function nameControl(button: HTMLButtonElement, name: string): void {
  button.setAttribute("aria-label", name);
  button.title = name;
}

function isNameInvalid(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "validation_failed";
}
