/** `POST /users/{userId}/devices/{deviceId}/invalidate`: notes when; blocks nothing. */
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { deviceView, requireDevice } from "./device-view.ts";

export function invalidateDevice(call: Call): Json {
  const { key, device } = requireDevice(call);
  const invalidated = { ...device, invalidatedAt: call.tenant.clock.now() };
  call.tenant.state.devices.put(key, invalidated);
  return deviceView(invalidated);
}
