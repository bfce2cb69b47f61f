/**
 * needs:    nothing.
 * does:     shows an email address as people type it: `jo@bücher.example` where our server has
 *           `jo@xn--bcher-kva.example`.
 * must not: be sent to the server, or show a domain that does not lead back to the one that the server has.
 */
export function shownAddress(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  const shown = domain.split(".").map(decodeLabel).join(".");
  return asciiDomain(shown) === domain.toLowerCase() ? address.slice(0, at) + shown : address;
}

function asciiDomain(domain: string): string | null {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

function decodeLabel(label: string): string {
  return /^xn--/i.test(label) ? (decodePunycode(label.slice(4).toLowerCase()) ?? label) : label;
}

/** RFC 3492, with the parameters of its section 5. Null for text that is no Punycode. */
function decodePunycode(encoded: string): string | null {
  const end = encoded.lastIndexOf("-");
  const points = [...encoded.slice(0, Math.max(end, 0))].map((character) => character.charCodeAt(0));
  let point = 128;
  let position = 0;
  let bias = 72;
  let at = end + 1;
  while (at < encoded.length) {
    const before = position;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = Number.parseInt(encoded.charAt(at), 36);
      at += 1;
      if (Number.isNaN(digit)) return null;
      // Base 36 counts from 0, Punycode from a.
      const value = digit < 10 ? digit + 26 : digit - 10;
      position += value * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (value < threshold) break;
      weight *= 36 - threshold;
    }
    const count = points.length + 1;
    bias = adapted(position - before, count, before === 0);
    point += Math.floor(position / count);
    position %= count;
    if (point > 0x10ffff) return null;
    points.splice(position, 0, point);
    position += 1;
  }
  return String.fromCodePoint(...points);
}

function adapted(difference: number, count: number, isFirst: boolean): number {
  let delta = Math.floor(difference / (isFirst ? 700 : 2));
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
  return k + Math.floor((36 * delta) / (delta + 38));
}
