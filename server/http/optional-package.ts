/** For packages that the host installs only if it uses them. */

/** `code` as Node gives it, so that the message is shown without a stack. */
export class MissingPackageError extends Error {
  override readonly name = "MissingPackageError";
  readonly code = "ERR_MODULE_NOT_FOUND";
}

/**
 * For the `catch` around a dynamic import. One in a `try` is what esbuild and webpack let a host lack.
 * @param purpose what needs the packages, as the subject of a sentence. @param packages what `npm install` would take
 * @returns a MissingPackageError with one sentence when a package is not installed, else the error
 */
export function asMissing(error: unknown, purpose: string, ...packages: readonly string[]): unknown {
  if (!packages.some((name) => isMissing(error, name))) return error;
  const names = packages.join(" ");
  return new MissingPackageError(
    `${purpose} needs ${packages.join(" and ")} from npm: run "npm install ${names}".`,
  );
}

/** @throws as `asMissing` returns */
export async function loadOptional<Module>(
  purpose: string,
  packages: readonly string[],
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    throw asMissing(error, purpose, ...packages);
  }
}

/**
 * Node names the package in quotes, for `import` and for `require`; Yarn without node_modules says who "tried to access" it. A
 * file that is missing inside it is another fault.
 */
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const isNotFound = error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND";
  const ways = [`'${name}'`, `tried to access ${name} `, `tried to access ${name},`];
  return isNotFound && ways.some((way) => error.message.includes(way));
}
