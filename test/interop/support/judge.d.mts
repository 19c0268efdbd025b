// Types of the judge of others' suites, for its spec.
export interface Ran {
  readonly id: string;
  readonly passed: boolean;
}
export function judgeRun(ran: readonly Ran[], expected: Readonly<Record<string, string>>): readonly string[];
export function rowsOf(table: string): readonly Ran[];
export function expectedOf(suite: string): object;
