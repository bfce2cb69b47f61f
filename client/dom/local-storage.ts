/** Keeps small conveniences in this browser. Storage can be blocked, full or emptied: nothing may depend on it. */
const own = (name: string): string => `passkeys.${name}`;

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(own(name), value);
  } catch {
    // Blocked or full: go on without it.
  }
}

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(own(name));
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(own(name));
  } catch {
    // Blocked: nothing was stored.
  }
}
