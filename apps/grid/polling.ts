// Asks the server of each program that this process holds, and writes down what is new: events that came, changed or went, that it was heard, or why not.
// States of a program here: Waiting (until its time, or until somebody says that there is something) → Asking → Waiting (not at all where somebody said so meanwhile); ended with its configuration or the partition.
import { encode, type GridProgramConfigured, type NetworkEvent, type NetworkEventData } from '#contracts';
import { gacProgramRefusals, isGacVenName, type SignalRefusal } from '#domain/grid-signals';
import { canonicalJson } from '#kernel';
import { readable, type World } from '#ports';
import type { Effects, HeldPartition, Logger } from '#service';
import { type GridState, programIn } from './definition.js';
import { ServerSilent } from './http.js';
import type { GridServer, HeardProgram } from './openadr/server.js';
import type { ServerCall } from './openadr/session.js';
import { eventDigest, type Program } from './program.js';
import { pushes } from './push.js';

/** Part of the interval by which asking varies, so that servers are not asked by everybody at once. */
const JITTER = 0.2;
/** What is heard is written down when it changed, and when this part of its validity is over. */
const RENEWED_AT = 0.5;

/** Of a program that was removed nothing is asked, and what it was told by ends. */
const ASKS: ReadonlySet<string> = new Set(['GridProgramConfigured', 'GridProgramRemoved', 'GridRereadAsked']);

type Told = { [Type in keyof NetworkEventData]: { readonly type: Type; readonly data: NetworkEventData[Type] } }[keyof NetworkEventData];

export function polling(
  { keys, log, clock, ids, random }: Pick<World, 'keys' | 'log' | 'clock' | 'ids' | 'random'>,
  server: Pick<GridServer, 'hear' | 'introduce' | 'subscribe' | 'unsubscribe' | 'listen'>,
  logger: Logger,
): Effects<GridState, NetworkEvent> & { stop(): void } {
  const waiting = new Map<string, () => void>();
  const asking = new Set<string>();
  /** Something new was told while the server was being asked. */
  const again = new Set<string>();
  /** What a server knows of us, as far as this process saw to it. */
  const introduced = new Map<string, string>();
  const push = pushes({ keys, clock }, server);
  let isStopped = false;

  const write = async (tenantId: string, facts: readonly Told[]): Promise<void> => {
    const common = { source: '/grid', time: new Date(clock.now()).toISOString(), tenantId };
    await log.append(
      'network-events',
      facts.map((fact) => encode({ id: ids.next(), ...common, ...fact })),
    );
  };

  const ask = async (aggregate: string, partition: HeldPartition<GridState>): Promise<void> => {
    waiting.get(aggregate)?.();
    waiting.delete(aggregate);
    const program = programIn(partition.states.get(aggregate));
    const config = program?.config;
    if (asking.has(aggregate)) again.add(aggregate);
    if (isStopped || asking.has(aggregate)) return;
    if (!partition.lease.isHeld()) return push.end(aggregate);
    if (program === undefined || config === undefined)
      return push
        .over(aggregate)
        .catch((error: Error) => logger.warn({ reason: error.message }, 'a subscription at a grid server could not be ended'));
    asking.add(aggregate);
    const tenantId = aggregate.slice(0, -config.programId.length - 1);
    try {
      const call = await callOf(config);
      const heard = await hear(aggregate, config, call);
      await write(tenantId, newsOf(program, config, heard, clock.now()));
      const told = await push.kept({ aggregate, tenantId, config, call, programID: heard.programID }, () => void ask(aggregate, partition));
      if (told !== undefined && canonicalJson(told) !== canonicalJson(program.push ?? {}))
        await write(tenantId, [{ type: 'GridPushChanged', data: { programId: config.programId, ...told } }]);
    } catch (error) {
      if (!(error instanceof ServerSilent))
        logger.warn({ programId: config.programId, err: error }, 'what a grid program says could not be written down');
      else if (program.trouble !== error.message) {
        logger.warn({ programId: config.programId, reason: error.message }, 'a grid program cannot be heard');
        await write(tenantId, [unheard(config, error.message)]).catch(() => undefined);
      }
    } finally {
      asking.delete(aggregate);
      const inMs = again.delete(aggregate) ? 0 : config.pollS * 1000 * (1 + JITTER * (random.next() - 0.5));
      if (!isStopped)
        waiting.set(
          aggregate,
          clock.after(inMs, () => void ask(aggregate, partition)),
        );
    }
  };

  const callOf = async ({ server: place, sites }: GridProgramConfigured): Promise<ServerCall> => {
    const secret = place.clientSecret === undefined ? undefined : await readable(keys, place.clientSecret);
    if (secret === undefined) throw new ServerSilent('there is no secret for it: configure the program with one');
    return { server: place, secret, names: [...new Set(sites.flatMap(({ names }) => names))] };
  };

  const hear = async (aggregate: string, { introduce }: GridProgramConfigured, call: ServerCall): Promise<HeardProgram> => {
    const known = JSON.stringify([call.server, call.names]);
    // What is meant for us is not shown before we are known, so nothing counts as heard either.
    if (introduce === true && introduced.get(aggregate) !== known) await server.introduce(call);
    introduced.set(aggregate, known);
    return server.hear(call);
  };

  return {
    onLive(partition) {
      for (const aggregate of partition.states.keys()) void ask(aggregate, partition);
    },
    onCommitted(partition, changes) {
      if (!partition.isLive) return;
      for (const { aggregate, input } of changes) if (ASKS.has(input.type)) void ask(aggregate, partition);
    },
    stop() {
      isStopped = true;
      push.stop();
      for (const cancel of waiting.values()) cancel();
    },
  };
}

const unheard = ({ programId }: GridProgramConfigured, reason: string): Told => ({
  type: 'GridProgramUnheard',
  data: { programId, reason },
});

/** Of the events of one record [characters of JSON], which holds less than a megabyte; an event beyond that is refused by name, for those it is meant for. */
const LARGEST = 300_000;
function recordable(event: unknown): unknown {
  const length = JSON.stringify(event).length;
  return length <= LARGEST
    ? event
    : { targets: (event as { readonly targets?: unknown }).targets, intervals: `${length} characters: too many` };
}

/** As many to a record as it holds. */
function inRecords<Event>(events: readonly Event[]): readonly (readonly Event[])[] {
  const records: Event[][] = [];
  let room = 0;
  for (const event of events) {
    const length = JSON.stringify(event).length;
    if (length > room) {
      records.push([]);
      room = LARGEST;
    }
    records.at(-1)?.push(event);
    room -= length;
  }
  return records;
}

/** What is to be written down of what was heard; nothing where nothing is new. */
export function newsOf(program: Program, config: GridProgramConfigured, heard: HeardProgram, nowMs: number): readonly Told[] {
  const { programId, validForS } = config;
  const { attributes } = heard;
  const events = new Map([...heard.events].map(([eventId, event]) => [eventId, recordable(event)]));
  const changed = [...events]
    .map(([eventId, event]) => ({ eventId, event }))
    .filter(({ eventId, event }) => program.events[eventId]?.digest !== eventDigest(event));
  const gone = Object.keys(program.events).filter((eventId) => !events.has(eventId));
  const isDue = program.heardMs === undefined || nowMs - program.heardMs >= validForS * 1000 * RENEWED_AT;
  if (changed.length === 0 && gone.length === 0 && !isDue && program.trouble === undefined) return [];
  return [
    ...inRecords(changed).map((events): Told => ({ type: 'GridEventsHeard', data: { programId, events } })),
    ...inRecords(gone).map((eventIds): Told => ({ type: 'GridEventsGone', data: { programId, eventIds } })),
    { type: 'GridProgramHeard', data: { programId, refusals: programRefusals(config, attributes) } },
  ];
}

function programRefusals({ profile, server }: GridProgramConfigured, attributes: ReadonlyMap<string, unknown>): readonly SignalRefusal[] {
  if (profile !== 'gac') return [];
  const ours = isGacVenName(server.venName) ? [] : [{ path: 'venName', message: 'an eMI3 id was expected, such as NL-ABC' }];
  return [...ours, ...gacProgramRefusals(server.version, attributes)];
}
