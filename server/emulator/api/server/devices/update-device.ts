/** `PATCH /users/{userId}/devices/{deviceId}`: until when the device is remembered; `null` clears it. */
import { clearableText } from "../../../wire/input.ts";
import type { Json } from "../../../wire/wire.ts";
import { invalidRequest } from "../../../wire/wire-error.ts";
import type { Call } from "../../api-operation.ts";
import { deviceView, requireDevice } from "./device-view.ts";

export function updateDevice(call: Call): Json {
  const { key, device } = requireDevice(call);
  const change = clearableText(call.body, "rememberedUntil");
  if (change === undefined) return deviceView(device);
  const rememberedUntil = change === null ? undefined : Date.parse(change);
  if (rememberedUntil !== undefined && !(rememberedUntil > call.tenant.clock.now()))
    throw invalidRequest("rememberedUntil must be an ISO 8601 date in the future.");
  const updated = { ...device, rememberedUntil };
  call.tenant.state.devices.put(key, updated);
  return deviceView(updated);
}
