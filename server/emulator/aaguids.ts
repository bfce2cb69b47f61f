/**
 * Names of common passkey providers by AAGUID, as the community list at github.com/passkeydeveloper names them. No kept
 * package carries that list, and its icons are other people's trademarks: the emulator draws a letter instead.
 */
const names: Readonly<Record<string, string>> = {
  "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
  "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome on Mac",
  "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
  "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
  "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
  "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain (Managed)",
  "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
  "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
  "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
  "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
  "b84e4048-15dc-4dd0-8640-f4f60813c8af": "NordPass",
  "0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6": "Keeper",
  "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
  "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
  "fdb141b2-5d84-443e-8a35-4698c205a502": "KeePassXC",
};

export interface AaguidMapping {
  readonly name: string;
  readonly svgIconLight: string;
  readonly svgIconDark: string;
}

/** All three strings, because one SDK types them as never null; `undefined` for a provider nobody listed. */
export function aaguidMapping(aaguid: string): AaguidMapping | undefined {
  const name = Object.hasOwn(names, aaguid) ? names[aaguid] : undefined;
  if (name === undefined) return undefined;
  return {
    name,
    svgIconLight: letterIcon(name, "#1f2937", "#fff"),
    svgIconDark: letterIcon(name, "#e5e7eb", "#111"),
  };
}

function letterIcon(name: string, fill: string, ink: string): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="${fill}"/>` +
    `<text x="12" y="17" font-family="sans-serif" font-size="14" text-anchor="middle" fill="${ink}">${name.charAt(0)}</text></svg>`;
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
}
