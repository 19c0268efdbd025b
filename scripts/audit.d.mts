export interface Acceptance {
  readonly advisory: string;
  readonly reason: string;
  readonly lookAgain: string;
}
export function judgeFindings(report: object, accepted: readonly Acceptance[], today: string): readonly string[];
export function judgeLicences(lockfile: { readonly packages: object }, accepted: Readonly<Record<string, string>>): readonly string[];
