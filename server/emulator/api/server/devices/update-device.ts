/** `PATCH /users/{userId}/devices/{deviceId}`: what it may change is not documented, so it changes nothing. */
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { deviceView, requireDevice } from "./device-view.ts";

export function updateDevice(call: Call): Json {
  return deviceView(requireDevice(call).device);
}
