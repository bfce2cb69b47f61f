/** Every operation of the API, emulated or not. */
import type { Operation } from "./api-operation.ts";
import { clientApi } from "./client-api.ts";
import { notEmulated } from "./not-emulated.ts";
import { serverApi } from "./server-api.ts";

export const operations: readonly Operation[] = [...serverApi, ...clientApi, ...notEmulated];
