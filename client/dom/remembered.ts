/**
 * needs:    nothing.
 * does:     keeps a small convenience in this browser, where storage is allowed.
 * must not: hold anything that matters: storage may be blocked, full or emptied at any time.
 */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Blocked or full: the convenience is not to be had here.
  }
}

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Blocked: nothing was kept either.
  }
}
