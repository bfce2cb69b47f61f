/** `GET /users/{userId}/devices` (protocol 4.11): devices that actions were tracked or completed on. */
import { userIdOf } from "../../../domain/user-records.ts";
import type { Json } from "../../../wire/wire.ts";
import type { Call } from "../../api-operation.ts";
import { deviceView } from "./device-view.ts";

export function getDevices({ tenant, params }: Call): Json {
  return tenant.state.devices.where("userId", userIdOf(params)).map(deviceView);
}
