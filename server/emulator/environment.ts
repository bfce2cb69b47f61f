/** Options of the command line from environment variables, for containers: `--rp-id` is `AUTHSIGNAL_EMULATOR_RP_ID`. */

const prefix = "AUTHSIGNAL_EMULATOR_";
/** What `exec` sets for its command. A command may run another emulator. */
const ofExec = `${prefix}URL`;

export interface Flag {
  readonly type: "string" | "boolean";
  readonly multiple?: boolean;
}

/** @returns the values by option. A list is separated by commas; `true` and `1` switch an option on. */
export function readEnvironment(
  flags: Readonly<Record<string, Flag>>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | boolean | string[]> {
  const values: Record<string, string | boolean | string[]> = {};
  for (const [variable, text] of Object.entries(environment)) {
    // An empty variable counts as absent: Compose passes on what the shell does not have.
    if (!variable.startsWith(prefix) || variable === ofExec || text === undefined || text === "") continue;
    const name = variable.slice(prefix.length).toLowerCase().replaceAll("_", "-");
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) throw new Error(`${variable} is not known. Known: ${known(flags).join(", ")}.`);
    if (flag.type === "boolean") values[name] = switchIn(variable, text);
    else values[name] = flag.multiple === true ? text.split(",").map((one) => one.trim()) : text;
  }
  return values;
}

function known(flags: Readonly<Record<string, Flag>>): readonly string[] {
  return Object.keys(flags).map((name) => prefix + name.toUpperCase().replaceAll("-", "_"));
}

function switchIn(variable: string, text: string): boolean {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new Error(`${variable} must be true or false, not ${JSON.stringify(text)}.`);
}
