/** The port through which the flows see the host's users. */
import type { User } from "../../../shared/contract.ts";

export interface UserDirectory {
  /** The user, or null when there is none with this id (any more). */
  findById(userId: string): Promise<User | null>;

  /**
   * The one user with this address, made now if there is none. Called only with an address that the person has
   * just proven to own. Must be atomic: twenty parallel first sign-ins make one user.
   *
   * Ids must match `^[A-Za-z0-9_-]{1,64}$`: they become path segments of Authsignal's API.
   */
  findOrCreateByEmail(email: string): Promise<User>;
}
