// When an event has nothing more to say, for who asks for those that still have (`active`).
import { type GridEvent, plannedOf } from '#domain/grid-signals';

type Content = Readonly<Record<string, unknown>>;

/** Null: never, or nobody can tell. A start of now is when it was written. */
export function endsAt(content: Content, writtenAt: string): Date | null {
  if (!Array.isArray(content.intervals)) return null;
  const said = withoutNulls(content) as Partial<GridEvent>;
  const event: GridEvent = { eventId: '', ...said, targets: [], payloadDescriptors: [], intervals: said.intervals ?? [] };
  const planned = plannedOf(event, Date.parse(writtenAt));
  if ('path' in planned || planned.spans.length === 0) return null;
  const endMs = planned.endMs ?? Math.max(...planned.spans.map(({ toMs }) => toMs));
  return Number.isFinite(endMs) && endMs < 8.64e15 ? new Date(endMs) : null;
}

/** Null is absent in OpenADR. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)] as const])),
  );
}
