// Nominal types for ids and units, so that a station id never lands where a site id belongs.
// What the ids look like and who issues them is the business of the parts that use them.
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]?: Name };

export type TenantId = Brand<string, 'TenantId'>;
export type SiteId = Brand<string, 'SiteId'>;
export type StationId = Brand<string, 'StationId'>;
/** Current in integer milliamps; every limit inside the product is kept in this unit. */
export type Milliamps = Brand<number, 'Milliamps'>;

/** Ends a switch over a union: the compiler rejects a forgotten case, and a value from outside the union stops us. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
