/** The app's log lines in memory, and the question that every suite may ask: did anything secret get into them? */
export interface CapturedLog {
  /** Takes what the logger writes. */
  readonly destination: { write(line: string): void };
  /** Every line so far, as written. */
  lines(): readonly string[];
  /** Remembers something that must never be logged: a token, a code, an address. */
  keepSecret(...secrets: readonly string[]): void;
  /** The secrets that were logged all the same. */
  leaks(): readonly string[];
}

export function captureLog(): CapturedLog {
  const lines: string[] = [];
  const secrets = new Set<string>();
  return {
    destination: { write: (line) => void lines.push(line) },
    lines: () => lines,
    keepSecret: (...kept) => {
      for (const secret of kept) secrets.add(secret);
    },
    leaks: () => {
      const text = lines.join("");
      return [...secrets].filter((secret) => isIn(text, secret));
    },
  };
}

function isIn(text: string, secret: string): boolean {
  // Six digits occur in a request id now and then; a code that was logged stands alone.
  if (/^\d+$/.test(secret)) return new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text);
  return spellings(secret).some((spelling) => text.includes(spelling));
}

/** As it is, as Basic credentials carry it, and as URLs do. */
function spellings(secret: string): readonly string[] {
  const base64 = Buffer.from(`${secret}:`).toString("base64").replace(/=+$/, "");
  return [secret, base64, encodeURIComponent(secret)];
}
