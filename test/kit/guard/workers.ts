/** Puts the guard into worker threads that start while it stands. */
import type { GuardedThread } from "./start-guard.ts";

/** Works without anything around it: its source also runs in worker threads. */
export function guardWorkers({ setup, parts, replace }: GuardedThread): void {
  const workers = process.getBuiltinModule("node:worker_threads");
  // Some compilers name functions through this helper.
  const source = `const __name = (value) => value; const parts = { ${Object.entries(parts)
    .map(([name, part]) => `${name}: ${part}`)
    .join(", ")} }; parts.startGuard(parts, ${JSON.stringify(setup)});`;
  const guard = `data:text/javascript,${encodeURIComponent(source)}`;

  replace(workers, "Worker", (original) => {
    return new Proxy(original, {
      construct(target, [file, options = {}, ...rest], newTarget) {
        const start = (execArgv: readonly string[]) =>
          options.eval === true
            ? // Node does not import anything before code that is given as text.
              [`{ ${source} } ${file}`, options, ...rest]
            : [file, { ...options, execArgv: ["--import", guard, ...execArgv] }, ...rest];
        const given: readonly string[] | undefined = options.execArgv;
        try {
          return Reflect.construct(target, start(given ?? process.execArgv), newTarget);
        } catch (error) {
          // Flags of the process, such as --expose-gc, are none of a thread's.
          const isOfFlags = error instanceof Error && "code" in error && given === undefined;
          if (!isOfFlags || error.code !== "ERR_WORKER_INVALID_EXEC_ARGV") throw error;
          return Reflect.construct(target, start([]), newTarget);
        }
      },
    });
  });
}
