// Events as an OpenADR 3 server writes them, 3.0.1 and 3.1, read into the form of libs/domain/grid-signals.
// What they mean is decided there.
import { z } from 'zod';
import type { EventTarget, GridEvent, SignalRefusal } from '#domain/grid-signals';
import { instantMs } from '#kernel';

const absent = <Shape extends z.ZodType>(shape: Shape) => shape.nullish().transform((value) => value ?? undefined);
const Period = z.object({
  start: absent(z.string().max(100)),
  duration: absent(z.string().max(100)),
  randomizeStart: absent(z.string().max(100)),
});
const Value = z.union([z.number(), z.string().max(1000), z.boolean(), z.object({ x: z.number(), y: z.number() })]);
const Interval = z.object({
  id: z.number().int(),
  intervalPeriod: absent(Period),
  payloads: z.array(z.object({ type: z.string().min(1).max(128), values: z.array(Value).min(1).max(2000) })).max(100),
});
/** A name (3.1), or a kind of names with several (3.0.1). */
const Target = z.union([
  z
    .string()
    .max(128)
    .transform((value): readonly EventTarget[] => [{ value }]),
  z
    .object({ type: z.string().max(128), values: z.array(z.string().max(128)).max(1000) })
    .transform(({ type, values }): readonly EventTarget[] => values.map((value) => ({ type, value }))),
]);
const Report = z.object({
  payloadType: z.string().min(1).max(128),
  readingType: absent(z.string().max(128)),
  units: absent(z.string().max(32)),
  aggregate: absent(z.boolean()),
  startInterval: absent(z.number().int()),
  numIntervals: absent(z.number().int()),
  historical: absent(z.boolean()),
  frequency: absent(z.number().int()),
  repeat: absent(z.number().int()),
});
/** What is asked back that cannot be read does not keep anybody from following the event. */
const UNREADABLE = Report.parse({ payloadType: 'unreadable' });
const Reports = absent(z.array(Report.catch(UNREADABLE)).max(100).catch([UNREADABLE]));
const Event = z.object({
  programID: absent(z.string().max(128)),
  priority: absent(z.number().int().min(0)),
  createdDateTime: absent(z.string().max(100)),
  modificationDateTime: absent(z.string().max(100)),
  duration: absent(z.string().max(100)),
  targets: absent(z.array(Target).max(1000)),
  intervalPeriod: absent(Period),
  payloadDescriptors: absent(
    z
      .array(z.object({ payloadType: z.string().max(128), units: absent(z.string().max(32)), currency: absent(z.string().max(16)) }))
      .max(100),
  ),
  intervals: absent(z.array(Interval).max(2000)),
  reportDescriptors: Reports,
});

/** An event that cannot be followed; without targets nobody knows whom it is for. */
export interface UnreadEvent extends SignalRefusal {
  readonly targets?: readonly EventTarget[];
}

export function readEvent(eventId: string, said: unknown): GridEvent | UnreadEvent {
  const read = Event.safeParse(said);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.path.join('.') ?? '';
    const meant = Event.pick({ targets: true }).safeParse(said);
    const targets = meant.data?.targets?.flat();
    return { path, message: issue?.message ?? 'an event of OpenADR 3 was expected', ...(targets && { targets }) };
  }
  const { createdDateTime, modificationDateTime, targets = [], payloadDescriptors = [], intervals = [], ...event } = read.data;
  const saidMs = instantMs(modificationDateTime ?? createdDateTime ?? '');
  return { eventId, ...event, ...(saidMs !== undefined && { saidMs }), targets: targets.flat(), payloadDescriptors, intervals };
}

export const isUnread = (read: GridEvent | UnreadEvent): read is UnreadEvent => 'path' in read;
