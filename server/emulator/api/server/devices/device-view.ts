/** Finds a device by its path, and shows it. */
import { userIdOf } from "../../../domain/user-records.ts";
import { optionalIso, toIso } from "../../../tenant/clock.ts";
import type { Device } from "../../../tenant/records.ts";
import type { Json } from "../../../wire/wire.ts";
import { WireError } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";

export function requireDevice({ tenant, params }: Call): { key: string; device: Device } {
  const key = JSON.stringify([userIdOf(params), params.deviceId ?? ""]);
  const device = tenant.state.devices.get(key);
  if (device === undefined) throw new WireError("not_found", "The device does not exist.");
  return { key, device };
}

export function deviceView(device: Device): Json {
  return {
    userId: device.userId,
    deviceId: device.deviceId,
    createdAt: toIso(device.createdAt),
    authenticatedAt: optionalIso(device.authenticatedAt),
    invalidatedAt: optionalIso(device.invalidatedAt),
    rememberedUntil: optionalIso(device.rememberedUntil),
    lastVerificationMethod: device.lastVerificationMethod,
  };
}
