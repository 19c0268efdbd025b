// JSON as text with what no serializer writes: numbers beyond all numbers, names that repeat, `__proto__` as a name like any other.
// Which of it goes where is decided in mutate.ts.

/** Stands in the document as it is. */
export class Verbatim {
  constructor(readonly text: string) {}
}

/** An object by its members, in order, each as often as it is there. */
export class Members {
  constructor(readonly members: readonly (readonly [name: string, value: unknown])[]) {}
}

export function jsonText(value: unknown): string {
  if (value instanceof Verbatim) return value.text;
  if (value instanceof Members) return `{${value.members.map(([name, inner]) => `${JSON.stringify(name)}:${jsonText(inner)}`).join()}}`;
  if (Array.isArray(value)) return `[${value.map(jsonText).join()}]`;
  if (typeof value === 'object' && value !== null) return jsonText(new Members(Object.entries(value)));
  return JSON.stringify(value) ?? 'null';
}
