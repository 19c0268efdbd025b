/** Prints what was measured and, unless `isWritten` is false, appends it to docs/benchmarks.md; `command` is how it is measured again, `npm run bench -- name` unless told. */
export function report(name: string, title: string, lines: readonly string[], command?: string, isWritten?: boolean): void;
