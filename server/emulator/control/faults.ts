/** Keeps the faults that tests inject, and picks the one that a request meets. */
import type { Random } from "../tenant/random.ts";
import { invalidRequest } from "../wire/wire-error.ts";
import type { FaultRule } from "./requests.ts";

export interface Fault extends FaultRule {
  readonly faultId: string;
  readonly remaining: number;
}

export interface Faults {
  add(rule: FaultRule): Fault;
  list(): Fault[];
  remove(faultId: string): boolean;
  /** Removes the faults of this tenant, or all. */
  clear(tenantId?: string): void;
  /** The fault of this request, if any; counts it as used once. */
  take(method: string, path: string, tenantId: () => string | undefined): Fault | undefined;
}

const mostFaults = 1_000;

export function createFaults(random: Random): Faults {
  const faults = new Map<string, Fault>();
  return {
    add(rule) {
      if (faults.size >= mostFaults) throw invalidRequest("There are too many faults. Delete some.");
      const unlimited = rule.probability !== undefined;
      const remaining = rule.count ?? (unlimited ? Number.MAX_SAFE_INTEGER : 1);
      const fault = { ...rule, faultId: random.uuid(), remaining };
      faults.set(fault.faultId, fault);
      return fault;
    },
    list: () => [...faults.values()],
    remove: (faultId) => faults.delete(faultId),
    clear(tenantId) {
      for (const fault of faults.values())
        if (tenantId === undefined || fault.tenantId === tenantId) faults.delete(fault.faultId);
    },
    take(method, path, tenantId) {
      for (const fault of faults.values()) {
        if (fault.tenantId !== undefined && fault.tenantId !== tenantId()) continue;
        if ((fault.method ?? method).toUpperCase() !== method || !matchesPath(fault.path ?? "*", path))
          continue;
        if (fault.probability !== undefined && random.fraction() >= fault.probability) continue;
        const remaining = fault.remaining - 1;
        if (remaining > 0) faults.set(fault.faultId, { ...fault, remaining });
        else faults.delete(fault.faultId);
        return fault;
      }
      return undefined;
    },
  };
}

/** Compares the literal pieces in order: a regular expression from a rule could take exponential time. */
function matchesPath(pattern: string, path: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === path;
  if (!path.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const piece of rest) {
    const found = path.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
