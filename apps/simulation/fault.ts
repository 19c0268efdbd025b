// What an auditor found, as the report tells it.
export interface Fault {
  readonly atMs: number;
  readonly rule: string;
  readonly text: string;
}
