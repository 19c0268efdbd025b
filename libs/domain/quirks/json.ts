// Reading what a station wrote, whatever it turns out to be.
export const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
