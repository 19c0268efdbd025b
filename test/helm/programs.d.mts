/** Versions whose definitions the chart is checked against: the oldest it speaks to, and a current one. */
export const KUBERNETES: readonly [string, string];
export function builtPrograms(): Readonly<Record<string, string>>;
export function buildPrograms(options?: { readonly server?: boolean }): {
  readonly env: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
};
