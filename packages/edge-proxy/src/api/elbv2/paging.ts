import { ApiError } from "./api-error.ts";
import type { Params } from "./params.ts";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins, for the next call's `Marker`. */
  readonly NextMarker: string | undefined;
}

const maxPageSize = 400;

/** Cuts a list as `PageSize` (1–400, default 400) and `Marker` ask. @throws ApiError `ValidationError` */
export function page<Item>(all: readonly Item[], params: Params): Page<Item> {
  const size = params.integer("PageSize", { min: 1, max: maxPageSize }) ?? maxPageSize;
  const start = positionOf(params.string("Marker"));
  const end = start + size;
  return { items: all.slice(start, end), NextMarker: end < all.length ? markerAt(end) : undefined };
}

function markerAt(position: number): string {
  return Buffer.from(`at ${position}`).toString("base64url");
}

function positionOf(marker: string | undefined): number {
  if (marker === undefined || marker === "") return 0;
  const position = /^at (\d{1,9})$/.exec(Buffer.from(marker, "base64url").toString())?.[1];
  if (position === undefined) throw ApiError.validation(`'${marker}' is not a valid marker`);
  return Number(position);
}
