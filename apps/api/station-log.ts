// What a station said and was told, out of the log itself, newest first: as it was said, with personal fields still sealed.
// What became of it is in rows elsewhere; nothing is corrected here.
import { z } from 'zod';
import { decode, type Recorded, type SiteEvent, streamKey } from '#contracts';
import type { LogRecord, World } from '#ports';
import * as answers from './answers/index.js';
import { ok, type Route, route } from './http.js';
import { type Lookups, StationId } from './lookups.js';
import { decodeCursor, encodeCursor, rowsOf } from './rows.js';

const TYPES = [
  'StationConnected',
  'StationDisconnected',
  'ConnectionRefused',
  'CallReceived',
  'FrameParked',
  'CommandRequested',
  'ProfileRequested',
  'CommandSent',
  'CommandAnswered',
  'CommandErrored',
  'CommandUnanswered',
  'CommandRefused',
] as const;
type Told = Extract<Recorded<SiteEvent>, { readonly type: (typeof TYPES)[number] }>;

/** Records of the partition that are read at once, and for one page at most: sites share partitions, and a silent station has its last words far back. */
const STRETCH = 1000;
const MOST_READ = 20_000;
/** In plain requests. */
const COST = 10;

const LogQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(500).optional(),
  action: z.string().max(50).optional(),
});

interface Page {
  /** Newest first. */
  readonly events: readonly Told[];
  /** Where the next page ends; 0: nothing is older. */
  readonly before: number;
}

/** Goes back from `before` (exclusive; the head without it) until there are `limit` or enough was read. */
export async function lookBack(
  { log }: Pick<World, 'log'>,
  key: string,
  stationId: string,
  before: number | undefined,
  limit: number,
  isAsked: (event: Told) => boolean,
  mostRead = MOST_READ,
): Promise<Page> {
  const partition = log.partitionOf('site-events', key);
  const end = Math.min(before ?? Number.POSITIVE_INFINITY, await log.head('site-events', partition));
  const events: Told[] = [];
  for (let to = end; to > 0; ) {
    const from = Math.max(0, to - STRETCH);
    const found: Told[] = [];
    for await (const records of log.read('site-events', partition, from, to))
      for (const record of records) if (isOf(record, key, stationId)) found.push(...readable(record));
    for (const event of found.reverse()) {
      if (!isAsked(event)) continue;
      events.push(event);
      if (events.length === limit) return { events, before: event.at.offset };
    }
    to = from;
    if (end - to >= mostRead) return { events, before: to };
  }
  return { events, before: 0 };
}

const isOf = ({ key, headers }: LogRecord, wanted: string, stationId: string): boolean =>
  key === wanted && headers.ce_stationid === stationId && TYPES.includes(headers.ce_type as Told['type']);

/** A record that cannot be read is among the parked ones (`/v1/parked-records`); it hides nothing beside it. */
function readable(record: LogRecord): readonly Told[] {
  try {
    return [decode(record) as Told];
  } catch {
    return [];
  }
}

/** One event as it is shown. `action` of an outcome is that of its command. */
function shown(event: Told, actions: ReadonlyMap<string, string>) {
  const { id, type, time, at } = event;
  const common = { eventId: id, type, at: time, offset: at.offset };
  switch (event.type) {
    case 'CallReceived': {
      const { messageId, action, payload, answer, violations, flags } = event.data;
      return { ...common, direction: 'received', action, messageId, payload, answer, violations, flags };
    }
    case 'CommandRequested':
    case 'ProfileRequested': {
      const { commandId, action, payload, requestedBy } = event.data;
      return { ...common, direction: 'sent', action, commandId, payload, requestedBy };
    }
    case 'FrameParked': {
      const { kind, reason, redacted } = event.data;
      return { ...common, direction: 'received', action: null, payload: redacted, reason: `${kind}: ${reason}` };
    }
    case 'StationConnected':
    case 'StationDisconnected':
    case 'ConnectionRefused':
      return { ...common, direction: 'connection', action: null, payload: event.data };
    default: {
      const { commandId, ...rest } = event.data;
      return { ...common, direction: 'answer', action: actions.get(commandId) ?? null, commandId, payload: rest };
    }
  }
}

const ACTIONS = 'select command_id as "commandId", action from commands where tenant_id = $1 and command_id = any($2::text[])';

export function stationLogRoutes(world: World, { siteOf }: Lookups): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/stations/{stationId}/messages',
      answer: answers.pageOf(answers.StationMessage),
      summary:
        'Every message of the station and to it, with connections and answers, out of the log, newest first; what is personal stays sealed. A page may hold fewer than asked for: nextCursor says whether there is more. With action only messages of that name',
      params: StationId,
      query: LogQuery,
      cost: COST,
      async handle({ caller: { tenantId }, params: { stationId }, query: { limit, cursor, action } }) {
        const key = streamKey({ tenantId, siteId: await siteOf(tenantId, stationId) });
        const [before] = decodeCursor(cursor, 'whole') ?? [];
        const isAsked = (event: Told): boolean => action === undefined || ('action' in event.data && event.data.action === action);
        const page = await lookBack(world, key, stationId, before === undefined ? undefined : Number(before), limit, isAsked);
        const ids = page.events.flatMap(({ data }) => ('commandId' in data ? [data.commandId] : []));
        const rows = ids.length === 0 ? [] : await rowsOf<{ commandId: string; action: string }>(world, tenantId, ACTIONS, ids);
        const actions = new Map(rows.map((row) => [row.commandId, row.action]));
        return ok({
          items: page.events.map((event) => shown(event, actions)),
          nextCursor: page.before > 0 ? encodeCursor([String(page.before)]) : null,
        });
      },
    }),
  ];
}
