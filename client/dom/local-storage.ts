/**
 * needs:    nothing.
 * does:     keeps a small convenience in this browser, where storage is allowed, beside what the site itself keeps there.
 * must not: hold anything that matters: storage may be blocked, full or emptied at any time.
 */
const own = (name: string): string => `passkeys.${name}`;

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(own(name), value);
  } catch {
    // Blocked or full: the convenience is not to be had here.
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
    // Blocked: nothing was kept either.
  }
}
