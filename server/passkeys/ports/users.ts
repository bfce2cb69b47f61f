/** The port through which the flows see the host's users. */
import type { User } from "../../../shared/contract.ts";

/**
 * Ids are strings of 1 to 64 letters, digits, `-` and `_`: they become path segments of Authsignal's API. Another id is
 * a 500 whose line in the log names the method that returned it. An id never changes and is never given to another
 * person. It says nothing about the person, so it is neither a name nor an unsalted hash of the address: every
 * authenticator keeps it as the WebAuthn user handle.
 */
export interface UserLookup {
  /** The user, or null when there is none with this id (any more). */
  findById(userId: string): Promise<User | null>;

  /**
   * Deletes the user for good, with what your own tables keep of them; a user who is gone already is no error. Called for
   * `DELETE /account`, after a fresh proof, when Authsignal and the storage have forgotten the person. Default: the route is
   * absent.
   */
  deleteUser?(userId: string): Promise<void>;
}

export interface UserDirectory extends UserLookup {
  /**
   * Gives the user this address, which the person has just proven to own, in one transaction: `findById` and
   * `findOrCreateByEmail` know nothing else afterwards. Keep the user's id. Also called to take a change back, by the link
   * of its notice. If your session tokens carry the address, issue them again.
   * @returns false, with nothing changed, when another user has the address. Must be atomic, as `findOrCreateByEmail`: of
   * two users who prove the same address at once one gets it
   *
   * Default: the routes of a change of address are absent.
   */
  changeEmail?(userId: string, email: string): Promise<boolean>;

  /**
   * The one user with this address, made now if there is none. Null refuses the sign-in with `no_account`: the host takes
   * no new people, or this account may not be opened by a mailbox.
   *
   * Called only with an address that the person has just proven to own. Must be atomic: twenty parallel first sign-ins
   * make one user. Do not return an account whose address has never been proven: another person may have registered it
   * and have a passkey on it (ADDING.md, "Accounts that exist already").
   */
  findOrCreateByEmail(email: string): Promise<User | null>;
}
