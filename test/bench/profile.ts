/** Which part of a process its CPU time goes to, by the file that each sample of V8's profiler is in. */
import { existsSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";

/** Percent of the time in which the process ran, by part. */
export type Shares = Readonly<Record<string, number>>;

/** The first that fits names the part. */
const parts: readonly (readonly [string, RegExp])[] = [
  [
    "the SDK and its HTTP client",
    /node_modules\/(@authsignal|axios|follow-redirects|proxy-from-env|form-data)\//,
  ],
  ["calls to Authsignal", /(server\/authsignal|node_modules\/cockatiel)\//],
  [
    "WebAuthn",
    /(node_modules\/(@simplewebauthn|@peculiar|@levischuck|@hexagon|asn1js|pv\w+)|server\/emulator)\//,
  ],
  [
    "the session",
    /(node_modules\/(express-session|cookie|cookie-signature|on-headers|uid-safe)|server\/sessions)\//,
  ],
  [
    "the storage",
    /(node_modules\/(@?libsql|kysely|pg\w*|pg-\w+|@?redis|rate-limiter-flexible)|server\/storage)\//,
  ],
  [
    "the log and the audit trail",
    /(node_modules\/(pino|sonic-boom|safe-stable|quick-format)|server\/http\/log|server\/app\/(audit|request-))/,
  ],
  ["Express, bodies and checks", /(node_modules|server|shared|test)\//],
  ["Node: HTTP, sockets, streams, crypto", /^node:/],
];

export async function startProfile(): Promise<() => Promise<Shares>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
    const spent = new Map<string, number>();
    for (const [at, id] of (profile.samples ?? []).entries()) {
      const part = names.get(id) ?? "";
      if (part !== "") spent.set(part, (spent.get(part) ?? 0) + (profile.timeDeltas?.[at] ?? 0));
    }
    const all = [...spent.values()].reduce((sum, one) => sum + one, 0);
    return Object.fromEntries([...spent].map(([part, time]) => [part, (time / all) * 100]));
  };
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Empty for time in which the process did nothing. */
function partOf({ functionName, url, lineNumber, columnNumber }: Frame): string {
  if (functionName === "(idle)" || functionName === "(root)") return "";
  if (url === "") return functionName === "(garbage collector)" ? "garbage collection" : "native code";
  const source = sourceOf(url, lineNumber, columnNumber);
  return parts.find(([, files]) => files.test(source))?.[0] ?? "the rest";
}

const maps = new Map<string, SourceMap | null>();

/** The source of a place in a bundle. */
function sourceOf(url: string, line: number, column: number): string {
  if (!url.startsWith("file:")) return url;
  const file = fileURLToPath(url);
  const known = maps.get(file);
  const map = known === undefined && existsSync(`${file}.map`) ? readMap(`${file}.map`) : (known ?? null);
  maps.set(file, map);
  const entry = map?.findEntry(line, column);
  return entry !== undefined && "originalSource" in entry ? entry.originalSource : file;
}

function readMap(file: string): SourceMap {
  return new SourceMap(JSON.parse(readFileSync(file, "utf8")));
}
