// Under what personal data is sealed, where that is not simply the driver's pseudonym.

/** A driver as he is named to one station that is to forget him; his own key is destroyed by then. */
export const erasureSubject = (
  tokenHash: string,
  { tenantId, stationId }: { readonly tenantId: string; readonly stationId: string },
): string => `erasure:${tokenHash}/${tenantId}/${stationId}`;

/** Whose key a sealed text needs; undefined where it is not sealed. */
export const subjectOf = (text: string): string | undefined => /^sealed:v1:(.+):[^:]*$/.exec(text)?.[1];
