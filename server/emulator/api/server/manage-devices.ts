import { userIdOf } from "../../domain/user-records.ts";
import { optionalIso, toIso } from "../../tenant/clock.ts";
import type { Device } from "../../tenant/records.ts";
import type { Json } from "../../wire/wire.ts";
import { WireError } from "../../wire/wire-error.ts";
import type { Call } from "../api-operation.ts";

/** `GET /users/{userId}/devices` (protocol 4.11): devices that actions were tracked or completed on. */
export function getDevices({ tenant, params }: Call): Json {
  return tenant.state.devices.where("userId", userIdOf(params)).map(deviceView);
}

/** `PATCH /users/{userId}/devices/{deviceId}`: what it may change is not documented, so it changes nothing. */
export function updateDevice(call: Call): Json {
  return deviceView(requireDevice(call).device);
}

/** `POST /users/{userId}/devices/{deviceId}/invalidate`. */
export function invalidateDevice(call: Call): Json {
  const { key, device } = requireDevice(call);
  const invalidated = { ...device, invalidatedAt: call.tenant.clock.now() };
  call.tenant.state.devices.put(key, invalidated);
  return deviceView(invalidated);
}

function requireDevice({ tenant, params }: Call): { key: string; device: Device } {
  const key = JSON.stringify([userIdOf(params), params.deviceId ?? ""]);
  const device = tenant.state.devices.get(key);
  if (device === undefined) throw new WireError("not_found", "The device does not exist.");
  return { key, device };
}

function deviceView(device: Device): Json {
  return {
    userId: device.userId,
    deviceId: device.deviceId,
    createdAt: toIso(device.createdAt),
    authenticatedAt: optionalIso(device.authenticatedAt),
    invalidatedAt: optionalIso(device.invalidatedAt),
    lastVerificationMethod: device.lastVerificationMethod,
  };
}
