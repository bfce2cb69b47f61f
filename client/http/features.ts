/**
 * needs:    api.ts, the names of shared/features.ts.
 * does:     says which optional parts of our API are there, so that a page has no button for an absent one.
 * must not: take a part for absent because the server does not say: one of another kind may have it.
 */
import type { Feature } from "../../shared/features.ts";
import type { Api } from "./api.ts";

export type Offers = (part: Feature) => boolean;

/** If the server cannot be asked, every part may be there: its answer to the request decides. */
export async function askOffers({ getConfig }: Pick<Api, "getConfig">): Promise<Offers> {
  const features: unknown = await getConfig().then(
    (config) => config.features,
    () => undefined,
  );
  return (part) => !Array.isArray(features) || features.includes(part);
}
