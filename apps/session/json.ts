// Reads payloads of stations tolerantly: what is no object has no fields.
export type Json = Readonly<Record<string, unknown>>;
export const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
